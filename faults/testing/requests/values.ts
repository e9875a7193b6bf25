import fc from 'fast-check'
import type { Judge, Schema } from './document.ts'
import { kindOf, type Known } from './known.ts'

/** What values are made with. */
export interface Sources {
  readonly known: Known
  judgeOf(schema: Schema): Judge
}

/** Values that a schema allows. `place` is the path of the operation: it tells which ids a field holds. */
export function valueOf(
  schema: Schema,
  sources: Sources,
  at: { readonly path: string; readonly name: string },
): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => valueOf(one, sources, at)))
  switch (schema.type) {
    case 'object':
      return objectOf(schema, sources, at.path)
    case 'array': {
      const { items = {}, minItems = 0, maxItems = 5 } = schema
      return fc.array(valueOf(items, sources, at), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 2) })
    }
    case 'integer':
      return integerOf(schema, sources, at)
    case 'number':
      return numberOf(schema)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return textOf(schema, sources)
  }
}

function objectOf({ properties = {}, required = [] }: Schema, sources: Sources, path: string): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(
    ([name, inside]) => [name, valueOf(inside, sources, { path, name })] as const,
  )
  return fc.record(Object.fromEntries(fields), {
    requiredKeys: required.filter((name) => name in properties),
    noNullPrototype: true,
  })
}

function integerOf(
  schema: Schema,
  { known }: Sources,
  { path, name }: { path: string; name: string },
): fc.Arbitrary<number> {
  const { minimum = -1_000, maximum = Number.MAX_SAFE_INTEGER, examples = [] } = schema
  const small = fc.integer({ min: minimum, max: Math.min(maximum, minimum + 9) })
  const any = fc.integer({ min: minimum, max: maximum })
  const usual = examples.filter((one) => typeof one === 'number')
  const numbers = fc.oneof(
    { weight: 2, arbitrary: small },
    { weight: 1, arbitrary: any },
    ...(usual.length === 0 ? [] : [{ weight: 6, arbitrary: fc.constantFrom(...usual) }]),
  )
  const kind = kindOf(name, path)
  if (kind === undefined) return numbers
  const learned = fc.nat().map((n) => known.pick(kind, n) ?? minimum)
  return fc.oneof({ weight: 9, arbitrary: learned }, { weight: 1, arbitrary: numbers })
}

/** With two decimals at most. */
function numberOf({ minimum = -1_000, maximum = 1_000_000 }: Schema): fc.Arbitrary<number> {
  return fc
    .integer({ min: Math.ceil(minimum * 100), max: Math.floor(maximum * 100) })
    .map((hundredths) => hundredths / 100)
}

/** The examples, new ones after the first, and odd ones, as far as the schema allows them. */
function textOf(schema: Schema, { judgeOf }: Sources): fc.Arbitrary<string> {
  const given = (schema.examples ?? []).filter((one) => typeof one === 'string')
  const example = given[0] ?? exampleFor(schema)
  const isSound = judgeOf(schema)
  const fresh = fc.integer({ min: 0, max: 2 ** 40 }).map((n) => `x${n.toString(36)}${example}`)
  const odd = oddTexts.filter(isSound)
  const unicode = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  // No filter: what a pattern rarely allows would be looked for without an end.
  const sound = fc.oneof({ weight: 6, arbitrary: fresh }, { weight: 1, arbitrary: unicode })
  return fc.oneof(
    { weight: 7, arbitrary: sound.map((text) => (isSound(text) ? text : example)) },
    // As it is: what is a language of its own, nobody finds by chance.
    ...(given.length === 0 ? [] : [{ weight: 2, arbitrary: fc.constantFrom(...given) }]),
    ...(odd.length === 0 ? [] : [{ weight: 1, arbitrary: fc.constantFrom(...odd) }]),
  )
}

/** E-mail addresses are told by their pattern. */
const exampleFor = ({ pattern = '' }: Schema): string => (pattern.includes('@') ? 'ada@example.com' : 'ada')

export const oddTexts: readonly string[] = [
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  '<script>alert(1)</script>',
  '{{7*7}}${7*7}',
  '%s%n%00',
  '../../etc/passwd',
  'NaN',
  'null',
  '__proto__',
  'constructor',
  'İstanbul ﬁ ß',
  '👩‍👩‍👧‍👦',
  '\u202eRTL',
  'a'.repeat(200),
  'ö'.repeat(200),
  "o'neil+tag@exämple.co",
  'x@y.z',
  '=1+1',
  '\ufeff',
  '\ufffe',
  '𝒜@𝒜.𝒜',
  `${'l'.repeat(240)}@example.com`,
]
