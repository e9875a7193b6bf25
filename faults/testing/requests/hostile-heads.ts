import fc from 'fast-check'
import { utf8, type Request } from './request.ts'

/** The request with headers that are odd, or none. What is left of it may be no HTTP. */
export function hostileHeads(base: Request): fc.Arbitrary<Request> {
  const framings = base.body === undefined ? [] : [wrongFramings(base)]
  const added = fc.constantFrom(...oddLines).map((lines): Request => {
    return {
      ...base,
      kind: `the header ${lines[0]!.slice(0, 30)}`,
      headers: [...base.headers, ...lines],
      isAlone: true,
    }
  })
  const versions = fc.constantFrom('1.0', '0.9', '2.0', '1.2', '', '1.1 ', '1.11').map((version): Request => {
    return { ...base, kind: `HTTP/${version}`, version, isAlone: true }
  })
  const hosts = fc.constantFrom<readonly string[]>(
    [],
    ['host: a', 'host: b'],
    ['host:'],
    ['host: evil.example'],
    [`host: ${'x'.repeat(5_000)}`],
    ['host: a b'],
    ['host: a@b:99999'],
  )
  const others = base.headers.filter((line) => !line.startsWith('host'))
  const hosted = hosts.map((lines): Request => ({
    ...base,
    kind: `${lines.length} hosts`,
    headers: [...lines, ...others],
    isAlone: true,
  }))
  return fc.oneof({ weight: 4, arbitrary: added }, versions, hosted, ...framings)
}

const oddLines: readonly (readonly string[])[] = [
  ['expect: 100-continue'],
  ['expect: nonsense'],
  [
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version: 13',
  ],
  ['connection: upgrade, http2-settings', 'upgrade: h2c', 'http2-settings: AAMAAABkAAQAAP__'],
  ['connection: close'],
  ['connection: host, authorization, content-length'],
  ['accept: image/png'],
  ['accept: '],
  ['accept-encoding: gzip;q=0, *;q=0'],
  ['if-none-match: *', 'if-modified-since: Thu, 01 Jan 1970 00:00:00 GMT'],
  ['range: bytes=0-1'],
  ['content-encoding: gzip'],
  ['traceparent: 00-00000000000000000000000000000000-0000000000000000-00'],
  ['traceparent: zz'],
  [`traceparent: 00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'tracestate: =,=,='],
  [`x-request-id: ${'x'.repeat(5_000)}`],
  ['x-request-id: a\u00ff"<script>'],
  ['x-request-id: %0d%0aX-Planted: 1'],
  ['__proto__: 1'],
  ['constructor: 1', 'hasownproperty: 1', 'tostring: 1'],
  ['no colon here'],
  [': no name'],
  ['a b: 1'],
  ['x: \0'],
  ['x: \u0001'],
  [`x: ${utf8('😀')}`],
  ['x: a', ' folded: b'],
  [`x: ${'y'.repeat(15_000)}`],
  [`x: ${'y'.repeat(20_000)}`],
  Array.from({ length: 500 }, (_, i) => `x-${i}: 1`),
  Array.from({ length: 3_000 }, () => 'x: 1'),
  ['idempotency-key: a', 'idempotency-key: b'],
  ['consistency-token: nonsense'],
  [`consistency-token: ${'9'.repeat(300)}`],
  ['x-http-method-override: DELETE'],
  ['x-forwarded-host: evil.example', 'x-forwarded-for: 127.0.0.1', 'forwarded: for=127.0.0.1'],
  ['origin: null', 'access-control-request-method: DELETE'],
  ['cookie: a=b; a=c', 'te: trailers', 'trailer: x'],
]

function wrongFramings(base: Request): fc.Arbitrary<Request> {
  const body = base.body ?? ''
  const size = body.length.toString(16)
  const chunked = 'transfer-encoding: chunked'
  const framing = (lines: readonly string[], text: string): readonly [readonly string[], string] => [lines, text]
  return fc
    .constantFrom(
      framing([chunked], `${size}\r\n${body}\r\n0\r\n\r\n`),
      framing([chunked], `${size};ext=1\r\n${body}\r\n0\r\nx-trailer: 1\r\n\r\n`),
      framing([chunked], `zz\r\n${body}\r\n0\r\n\r\n`),
      framing([chunked], `-1\r\n${body}\r\n0\r\n\r\n`),
      framing([chunked], `ffffffffffffffffff\r\n${body}\r\n`),
      framing([chunked, `content-length: ${body.length}`], `${size}\r\n${body}\r\n0\r\n\r\n`),
      framing(['transfer-encoding: chunked, identity'], `${size}\r\n${body}\r\n0\r\n\r\n`),
      framing(['transfer-encoding: gzip'], body),
      framing([`content-length: ${body.length}`, `content-length: ${body.length}`], body),
      framing([`content-length: ${body.length}`, 'content-length: 1'], body),
      framing(['content-length: -1'], body),
      framing(['content-length: 1e1'], body),
      framing([`content-length: ${'9'.repeat(30)}`], body),
      framing([`content-length: +${body.length}`], body),
      framing(['content-length: 1'], body),
      framing(['content-length: 0'], body),
      framing([], body),
    )
    .map(([lines, text]) => ({
      ...base,
      kind: `framed by ${lines.join(', ').slice(0, 50) || 'nothing'}`,
      headers: [...base.headers, ...lines],
      body: text,
      isFramed: true,
      isAlone: true,
      ...(isShort(lines, text) ? { isEnded: true, mayBeUnanswered: true } : {}),
    }))
}

/** More is announced than comes: the server would wait for the rest. */
const isShort = (lines: readonly string[], text: string): boolean =>
  text.startsWith('ffff') || lines.some((line) => line.includes('9'.repeat(30)))
