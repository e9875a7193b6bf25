import fc from 'fast-check'
import type { Request } from './request.ts'

/** The request at an address that is none, or another way to write its own. Its answer may be that of any operation. */
export function hostileTargets(base: Request): fc.Arbitrary<Request> {
  const [path = '/', query] = base.target.split('?')
  const rest = query === undefined ? '' : `?${query}`
  const insert = fc
    .tuple(fc.integer({ min: 1, max: path.length }), fc.constantFrom(...tricks))
    .map(([at, trick]) => `${path.slice(0, at)}${trick}${path.slice(at)}${rest}`)
  const encoded = fc.nat(path.length - 1).map((at) => {
    const code = path.charCodeAt(at).toString(16).padStart(2, '0')
    return `${path.slice(0, at)}%${code}${path.slice(at + 1)}${rest}`
  })
  const whole = fc.constantFrom(...wholes(path))
  const asked = fc.constantFrom(...queries).map((text) => `${path}?${text}`)
  return fc.oneof(insert, encoded, whole, asked).map((target) => ({
    ...base,
    kind: 'a target with a trick',
    operation: undefined,
    target,
    isAlone: true,
  }))
}

const tricks: readonly string[] = [
  '%00',
  '%',
  '%2',
  '%zz',
  '%2e%2e',
  '/../',
  '//',
  '%2F',
  '%5C',
  '\\',
  ';a=b',
  '#',
  '%0d%0aX-Planted:%201',
  '%C0%AF',
  '%ff',
  '\u00ff',
  '\u0001',
  '\0',
  ' ',
  '\t',
  '%ED%A0%80',
  '%F0%9F%98%80',
  '*',
  ':',
  '[',
  '{',
  '"',
  '<',
  'x'.repeat(200),
  '%25',
  '.',
]

const wholes = (path: string): readonly string[] => [
  '*',
  'http://evil.example/users',
  `http://localhost${path}`,
  `//evil.example${path}`,
  '',
  '?',
  'users',
  'https://',
  '/.env',
  '/../',
  path.toUpperCase(),
  `${path}/`,
  `${path}.json`,
  `/${'a/'.repeat(2_000)}`,
  `/${'x'.repeat(15_000)}`,
  `/${'x'.repeat(20_000)}`,
]

const queries: readonly string[] = [
  '__proto__=1',
  '__proto__[a]=1',
  'constructor=1',
  'limit=1&limit=2',
  'limit[]=1',
  'limit[a]=1',
  'after=%',
  'limit=%00',
  '&&&',
  '=',
  '=1',
  '?',
  'limit',
  'limit=',
  '%6cimit=1',
  'limit=1;after=2',
  'limit=1#x',
  'a'.repeat(8_000),
  `limit=${'9'.repeat(8_000)}`,
  'a=1&'.repeat(2_000),
  'limit=1&'.repeat(1_500),
  '%00=1',
  '\u00ff=1',
  'a=\u00ff',
  'hasOwnProperty=1',
  `q=${'x'.repeat(17_000)}`,
]
