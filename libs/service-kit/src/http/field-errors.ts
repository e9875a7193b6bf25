import type { FastifySchemaValidationError } from 'fastify'
import type { FieldError } from './input-error.ts'

/** Past this many a list helps nobody, and a body of 64 KiB can break thousands of rules. */
const maxErrors = 20

/**
 * What Ajv found, as fields and rules. Ajv's messages state the rule and never the value, which is why they may be answered.
 * Of a TypeBox union Ajv finds one error for each member, and one for the union: a closed list of values, or of types, is told once,
 * with all of them.
 */
export function fieldErrors(found: readonly FastifySchemaValidationError[], part: string): readonly FieldError[] {
  const unions = new Set(found.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath))
  const values = namesByPath(found, 'const', 'allowedValue')
  const types = namesByPath(found, 'type', 'type')

  const errors = new Map<string, FieldError>()
  for (const one of found) {
    const members =
      values.get(one.instancePath) ?? (unions.has(one.instancePath) ? types.get(one.instancePath) : undefined)
    const isMember = one.keyword === 'const' || one.keyword === 'type'
    if (members !== undefined && one.keyword === 'anyOf') continue
    const message = members !== undefined && isMember ? `must be ${members.join(' or ')}` : ruleOf(one)
    const field = fieldOf(one) || part
    errors.set(`${field} ${message}`, { field, message })
    if (errors.size === maxErrors) break
  }
  return [...errors.values()]
}

function namesByPath(found: readonly FastifySchemaValidationError[], keyword: string, param: string) {
  const some = found.filter((one) => one.keyword === keyword)
  const byPath = Map.groupBy(some, ({ instancePath }) => instancePath)
  return new Map([...byPath].map(([path, ones]) => [path, ones.map(({ params }) => String(params[param]))]))
}

/** The path with dots, down to the member that is missing or not known. */
function fieldOf({ instancePath, params }: FastifySchemaValidationError): string {
  const member = params['missingProperty'] ?? params['additionalProperty']
  const path = instancePath.split('/').slice(1)
  return [...path, ...(typeof member === 'string' ? [member] : [])].join('.')
}

function ruleOf(found: FastifySchemaValidationError): string {
  const { keyword, message, params } = found
  switch (keyword) {
    case 'pattern':
      return `has a form that is not allowed${described(found)}`
    case 'required':
      return 'is required'
    case 'additionalProperties':
      return 'is not a known field'
    case 'enum':
      return `must be ${(params['allowedValues'] as unknown as readonly unknown[]).join(' or ')}`
    default:
      return message ?? 'is invalid'
  }
}

/** A pattern tells a person nothing; the description of its field does. Ajv adds the schema when it is `verbose`. */
function described(
  found: FastifySchemaValidationError & { readonly parentSchema?: { readonly description?: string } },
): string {
  const description = found.parentSchema?.description
  return description === undefined ? '' : `: ${description}`
}
