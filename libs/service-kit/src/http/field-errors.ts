import type { FastifySchemaValidationError } from 'fastify'
import type { FieldError } from './input-error.ts'

/** Past this many a list helps nobody, and a body of 64 KiB can break thousands of rules. */
const maxErrors = 20

/**
 * What Ajv found, as fields and rules. Ajv's messages state the rule and never the value, which is why they may be answered.
 * A closed list of values arrives from a TypeBox union as one error per member: it is told once, with all of them.
 */
export function fieldErrors(found: readonly FastifySchemaValidationError[], part: string): readonly FieldError[] {
  const allowed = new Map<string, string[]>()
  for (const { keyword, instancePath, params } of found)
    if (keyword === 'const')
      allowed.set(instancePath, [...(allowed.get(instancePath) ?? []), String(params['allowedValue'])])

  const errors = new Map<string, FieldError>()
  for (const one of found) {
    const members = allowed.get(one.instancePath)
    if (members !== undefined && (one.keyword === 'anyOf' || one.keyword === 'type')) continue
    const message = members !== undefined && one.keyword === 'const' ? `must be ${members.join(' or ')}` : ruleOf(one)
    const field = fieldOf(one) || part
    errors.set(`${field} ${message}`, { field, message })
    if (errors.size === maxErrors) break
  }
  return [...errors.values()]
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
