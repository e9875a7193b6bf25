import fc from 'fast-check'
import type { Parameter, Schema } from './document.ts'
import { utf8, type Request } from './request.ts'
import { written, type Draft } from './valid.ts'

/** The draft with one thing wrong: a field of its body, or a parameter. */
export function almostValid(draft: Draft): fc.Arbitrary<Request> {
  const ways = [...bodyWays(draft), ...parameterWays(draft)]
  if (ways.length === 0) return fc.constant({ ...strangeQuery(draft), kind: 'a query that nobody knows' })
  return fc.oneof(...ways)
}

function bodyWays(draft: Draft): readonly fc.Arbitrary<Request>[] {
  const { body, operation } = draft
  if (typeof body !== 'object' || body === null) return []
  const texts = wrongBodies(body as Record<string, unknown>, operation.body ?? {})
  return [texts.map(([kind, text]) => ({ ...written(draft, `a body ${kind}`), body: utf8(text) }))]
}

/** Bodies as text, since `-0`, `1e400` and a key given twice are lost in an object. */
function wrongBodies(body: Readonly<Record<string, unknown>>, schema: Schema): fc.Arbitrary<readonly [string, string]> {
  const entries = Object.entries(body)
  const names = Object.keys(schema.properties ?? body)
  const added = (name: string, text: string) => {
    const whole = write(entries)
    return `${whole.slice(0, -1)}${entries.length === 0 ? '' : ','}${JSON.stringify(name)}:${text}}`
  }
  const replaced = (name: string, text: string) =>
    write(
      entries.filter(([other]) => other !== name),
      [name, text],
    )
  const one = fc.constantFrom(...(names.length === 0 ? ['stranger'] : names))
  return fc.oneof(
    one.map((name) => [`without ${name}`, write(entries.filter(([other]) => other !== name))] as const),
    one.chain((name) =>
      fc
        .constantFrom(...wrongTexts, ...bounds(schema.properties?.[name] ?? {}), ...inside(body[name]))
        .map((text) => [`with a wrong ${name}`, replaced(name, text)] as const),
    ),
    fc
      .constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'stranger', '', 'id')
      .map((name) => [`with ${JSON.stringify(name)} as well`, added(name, '{"is_manager":true}')] as const),
    fc
      .tuple(one, fc.constantFrom(...wrongTexts))
      .map(([name, text]) => [`with ${name} twice`, added(name, text)] as const),
  )
}

/** One below and one beyond what is allowed. */
function bounds({ minimum, maximum, minLength, maxLength, maxItems, items }: Schema): readonly string[] {
  const around = [minimum, maximum].flatMap((bound) =>
    bound === undefined ? [] : [bound - 1, bound, bound + 1, bound + 0.001],
  )
  const lengths = [minLength, maxLength].flatMap((bound) => (bound === undefined ? [] : [bound - 1, bound, bound + 1]))
  const texts = lengths
    .filter((length) => length >= 0)
    .flatMap((length) => ['x', 'é', '😀'].map((one) => JSON.stringify(one.repeat(length))))
  const sizes = maxItems === undefined || items === undefined ? [] : [maxItems, maxItems + 1]
  const item = JSON.stringify(Object.fromEntries(Object.keys(items?.properties ?? {}).map((name) => [name, 1])))
  return [
    ...around.map(String),
    ...texts,
    ...sizes.map((size) => `[${Array.from({ length: size }, () => item).join(',')}]`),
  ]
}

/** What a list or an object holds, made wrong inside. */
function inside(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) return []
  const first: unknown = value[0]
  if (typeof first !== 'object' || first === null) return ['[null]', JSON.stringify([value])]
  return Object.keys(first).flatMap((name) =>
    [...wrongTexts, '__proto__'].map((text) =>
      text === '__proto__'
        ? `[${JSON.stringify(first).slice(0, -1)},"__proto__":{"quantity":1}}]`
        : `[${write(
            Object.entries(first).filter(([other]) => other !== name),
            [name, text],
          )}]`,
    ),
  )
}

// Each is a JSON text, also if what it says is no sound value.
const wrongTexts: readonly string[] = [
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '"0"',
  '-0',
  '-0.0',
  '-1',
  '0',
  '0.001',
  '1.005',
  '1e-7',
  '1e400',
  '-1e400',
  '1e2',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '1.7976931348623157e308',
  '5e-324',
  '2147483648',
  '0.1e1',
  '"\\ud800"',
  '"\\udc00x"',
  '"\\u0000"',
  '"\\u202e"',
  '"\' OR 1=1 --"',
  '"<script>alert(1)</script>"',
  '"a\\r\\nX-Planted: 1"',
  '"\\ufeff"',
  '[[]]',
  '{"toString":1}',
  '{"$gt":""}',
  '{"toJSON":null}',
  '"null"',
  '"__proto__"',
  JSON.stringify('x'.repeat(10_000)),
  `1${'0'.repeat(5_000)}`,
]

function write(entries: readonly (readonly [string, unknown])[], added?: readonly [string, string]): string {
  const texts = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `{${[...texts, ...(added === undefined ? [] : [`${JSON.stringify(added[0])}:${added[1]}`])].join(',')}}`
}

function parameterWays(draft: Draft): readonly fc.Arbitrary<Request>[] {
  return draft.operation.parameters.flatMap((parameter) => {
    if (parameter.in === 'header') return [wrongKey(draft, parameter.name)]
    const texts = fc.constantFrom(
      ...wrongParameters,
      ...bounds(parameter.schema).map((text) => encodeURIComponent(text)),
    )
    return [texts.map((text) => withParameter(draft, parameter, text))]
  })
}

// As they stand in a URL.
const wrongParameters: readonly string[] = [
  '0',
  '-1',
  '1.5',
  'abc',
  '01',
  '+1',
  '%2B1',
  '1e3',
  '0x1F',
  '%201',
  '1%20',
  '1%00',
  '%00',
  '9007199254740992',
  '-0',
  '99999999999999999999999999',
  'null',
  'NaN',
  'true',
  '%7B%7D',
  '%5B%5D',
  '%E2%91%A0',
  '%D9%A1',
  '%F0%9F%98%80',
  '__proto__',
  '%27%20OR%201%3D1%20--',
  '%3Cscript%3E',
  '..',
  '%2e%2e',
  '%2F',
  '1%2F2',
  'x'.repeat(99),
  'x'.repeat(101),
  '1;2',
  '1,2',
]

function withParameter(draft: Draft, parameter: Parameter, text: string): Request {
  const base = written(draft)
  const { name, schema } = parameter
  const isForbidden = breaks(schema, text)
  if (parameter.in === 'path') {
    // What may be another path than that of the operation reaches another, or none.
    const operation = /^[\w.+-]+$/.test(text) && text !== '..' ? draft.operation : undefined
    const target = draft.operation.path.replaceAll(/\{\w+\}/g, text)
    return { ...base, kind: `the path parameter ${name}`, target, operation, isForbidden }
  }
  const query = [base.target.includes('?') ? '&' : '?', name, '=', text].join('')
  return { ...base, kind: `the query parameter ${name}`, target: `${base.target}${query}`, isForbidden }
}

/** Only of what is told by a glance. */
function breaks({ type, minimum, maximum, enum: allowed, anyOf }: Schema, text: string): boolean {
  if (type === 'integer') {
    const isPlain = /^(0|-?[1-9]\d*)$/.test(text)
    return !isPlain || Number(text) < (minimum ?? -Infinity) || Number(text) > (maximum ?? Infinity)
  }
  if (anyOf !== undefined) return anyOf.every((one) => breaks(one, text))
  return allowed !== undefined && !allowed.includes(decodeURIComponent(text))
}

function wrongKey(draft: Draft, name: string): fc.Arbitrary<Request> {
  const keys = [
    '',
    ' ',
    'a b',
    'x'.repeat(255),
    'x'.repeat(256),
    'é',
    '\u0001',
    '\t',
    '\u007f',
    '"quoted"',
    'a,b',
    'null',
    '__proto__',
  ]
  return fc.constantFrom(...keys).map((key) => {
    const base = written(draft, `the header ${name}`)
    // A control character may make it no HTTP.
    return { ...base, headers: [...base.headers, `${name}: ${key}`], isAlone: true }
  })
}

function strangeQuery(draft: Draft): Request {
  const base = written(draft)
  return { ...base, target: `${base.target}?stranger=1&__proto__=2&constructor[prototype]=3&limit=` }
}
