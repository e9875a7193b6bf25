/** What came back of one request. */
export interface Answer {
  readonly status: number
  /** By lower-case name; of a header that stands twice, the last. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** An answer, and whether its connection can be used again. */
export interface Read {
  readonly answer: Answer
  readonly isReusable: boolean
}

/** Reads an HTTP answer from the bytes that came up to now; undefined if it is not whole yet. */
export function readAnswer(
  bytes: Buffer,
  { isHead, isEnded }: { readonly isHead: boolean; readonly isEnded: boolean },
): Read | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 0)
  const rest = bytes.subarray(end + 4)
  if (status >= 100 && status < 200 && status !== 101) return readAnswer(rest, { isHead, isEnded })
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
    }),
  )
  const body =
    isHead || status === 204 || status === 304 || status === 101
      ? { whole: rest.subarray(0, 0), size: 0 }
      : bodyOf(rest, headers, isEnded)
  if (body === undefined) return undefined
  const isReusable = headers.get('connection')?.toLowerCase() !== 'close' && body.size === rest.length && !isEnded
  return { answer: { status, headers, body: body.whole.toString('utf8') }, isReusable }
}

interface Body {
  readonly whole: Buffer
  /** What it took of the bytes. */
  readonly size: number
}

function bodyOf(rest: Buffer, headers: ReadonlyMap<string, string>, isEnded: boolean): Body | undefined {
  if (headers.get('transfer-encoding') === 'chunked') return chunksOf(rest)
  const length = headers.get('content-length')
  if (length === undefined) return isEnded ? { whole: rest, size: rest.length } : undefined
  const size = Number(length)
  return rest.length < size ? undefined : { whole: rest.subarray(0, size), size }
}

function chunksOf(rest: Buffer): Body | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ;) {
    const line = rest.indexOf('\r\n', at)
    if (line === -1) return undefined
    const size = Number.parseInt(rest.subarray(at, line).toString('latin1'), 16)
    const end = line + 2 + size
    if (rest.length < end + 2) return undefined
    if (size === 0) return { whole: Buffer.concat(chunks), size: end + 2 }
    chunks.push(rest.subarray(line + 2, end))
    at = end + 2
  }
}
