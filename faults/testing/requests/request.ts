import type { Operation } from './document.ts'

/** One request, byte for byte: each character of the texts is a byte. */
export interface Request {
  /** In words: `valid`, or what is wrong with it. */
  readonly kind: string
  /** The operation whose document its answer must fit; undefined if it may reach any, or none. */
  readonly operation?: Operation | undefined
  readonly method: string
  readonly target: string
  /** Whole lines, the token's included. */
  readonly headers: readonly string[]
  readonly body?: string | undefined
  /** The headers say how long the body is; else a Content-Length is added. */
  readonly isFramed?: boolean
  /** After `HTTP/`; 1.1 unless told. */
  readonly version?: string
  /** It is cut after this share of its bytes. */
  readonly cutAt?: number
  /** It says that nothing more comes, as one that is cut does. */
  readonly isEnded?: boolean
  /** Its connection may be closed without an answer. */
  readonly mayBeUnanswered?: boolean
  /** It goes to no operation of the document: its answer may be anything but a fault of the server. */
  readonly isUndocumented?: boolean
  /** The document forbids it, beside what it says of bodies: no answer may be 2xx. */
  readonly isForbidden?: boolean
  /** Its connection is its own. */
  readonly isAlone?: boolean
}

/** What goes over the wire. */
export function bytesOf(request: Request): Buffer {
  const { method, target, headers, body, isFramed = false, version = '1.1', cutAt } = request
  const length = body === undefined || isFramed ? [] : [`content-length: ${body.length}`]
  const head = [`${method} ${target} HTTP/${version}`, ...headers, ...length, '', ''].join('\r\n')
  const bytes = Buffer.from(`${head}${body ?? ''}`, 'latin1')
  return cutAt === undefined ? bytes : bytes.subarray(0, Math.min(bytes.length - 1, Math.floor(bytes.length * cutAt)))
}

/** A text as the bytes of its UTF-8, one character each. */
export const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** For people, the token left out; what is long is cut. */
export function describeRequest(request: Request): string {
  const text = bytesOf(request)
    .toString('latin1')
    .replaceAll(/(authorization: Bearer )[^\r\n]{20,100}\r/gi, '$1…\r')
  const shown = JSON.stringify(
    text.length > 900 ? `${text.slice(0, 600)}…(${text.length} bytes)…${text.slice(-100)}` : text,
  )
  return request.cutAt === undefined ? shown : `${shown} and no more`
}
