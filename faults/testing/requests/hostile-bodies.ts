import fc from 'fast-check'
import { utf8, type Request } from './request.ts'

/** The request with a body, or a media type, that is no sound JSON; also one that should have none. */
export function brokenBodies(base: Request): fc.Arbitrary<Request> {
  const sound = base.body ?? '{}'
  const headers = base.headers.filter((line) => !line.startsWith('content-type'))
  const asJson = [...headers, 'content-type: application/json']
  const body = (kind: string, text: string): Request => ({ ...base, kind, headers: asJson, body: text })
  return fc.oneof(
    fc.nat(sound.length).map((at) => body('JSON that is cut', sound.slice(0, at))),
    fc
      .tuple(fc.nat(sound.length), fc.constantFrom(...strangers))
      .map(([at, stranger]) =>
        body('JSON with a stranger in it', `${sound.slice(0, at)}${stranger}${sound.slice(at)}`),
      ),
    fc.constantFrom(...noBodies).map((text) => body('a body that is no JSON object', text)),
    fc
      .constantFrom(...depths)
      .chain((depth) => fc.constantFrom(...nests).map((nest) => body(`nested ${depth} deep`, nest(sound, depth)))),
    fc.constantFrom(-1, 0, 1, 1_000).map((more) => body(`64 KiB and ${more}`, sound.padEnd(64 * 1024 + more, ' '))),
    fc
      .constantFrom(0, 1, 1_000)
      .map((more) => body(`a string of 64 KiB and ${more}`, `"${'x'.repeat(64 * 1024 + more - 2)}"`)),
    fc.constantFrom(...mediaTypes).map((type): Request => {
      const lines = type === undefined ? headers : [...headers, `content-type: ${type}`]
      return { ...base, kind: 'a wrong media type', headers: lines, body: sound }
    }),
    fc
      .uint8Array({ minLength: 1, maxLength: 300 })
      .map((bytes) => body('any bytes', Buffer.from(bytes).toString('latin1'))),
  )
}

const strangers: readonly string[] = [
  '\0',
  '"',
  '\\',
  '}',
  ']',
  ',',
  'NaN',
  '\u00ff',
  '\u00ed\u00a0\u0080',
  '\u00ef\u00bb\u00bf',
  '\u00c0\u0080',
  '/**/',
  '\u0001',
  "'",
  utf8('\u2028'),
  utf8('😀'),
  '\\ud800',
  '\\u0000',
  '\\x',
  '-',
  '+1',
  '01',
  '1e',
  'undefined',
]

const noBodies: readonly string[] = [
  '',
  ' ',
  'null',
  'true',
  '5',
  '-0',
  '1e400',
  '"text"',
  '[]',
  '[{}]',
  '{}',
  '{"":1}',
  'undefined',
  'name=Ada',
  '<a/>',
  '\0',
  '{"__proto__":null}',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '\u00ef\u00bb\u00bf{}',
  '{}{}',
]

const depths = [8, 31, 32, 33, 1_000, 10_000]

const nests: readonly ((sound: string, depth: number) => string)[] = [
  (_, depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`,
  (_, depth) => '['.repeat(depth),
  (_, depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  (sound, depth) => `${sound.slice(0, -1)},"deep":${'['.repeat(depth)}${']'.repeat(depth)}}`,
]

const mediaTypes: readonly (string | undefined)[] = [
  undefined,
  '',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/json;charset=utf-8',
  'APPLICATION/JSON',
  'application/jsonx',
  'application/problem+json',
  'application/json, text/plain',
  '/',
  ';',
  'a',
  'application/',
  '*/*',
  `application/${'x'.repeat(4_000)}`,
  'application/json; =',
  'é/é',
]
