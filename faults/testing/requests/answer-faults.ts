/** What came back of one request. */
export interface Answer {
  readonly status: number
  readonly contentType: string | undefined
  readonly retryAfter: string | undefined
  readonly body: string
}

/** What an operation's document says of one status: the schema's check by the media type of its body. */
export type Described = ReadonlyMap<string, (value: unknown) => boolean>

/** What is wrong with an answer, in words; nothing if it is as the document says. */
export function answerFaults(answer: Answer, described: ReadonlyMap<string, Described>): readonly string[] {
  const faults: string[] = []
  const isPause = answer.status === 503 && answer.retryAfter !== undefined
  if (answer.status >= 500 && !isPause) faults.push(`it answered ${answer.status}`)
  const media = described.get(String(answer.status)) ?? described.get('default')
  if (media === undefined) return [...faults, `the document describes no ${answer.status} and no default`]
  if (answer.body === '' && media.size === 0) return faults
  const type = answer.contentType?.split(';')[0]?.trim().toLowerCase() ?? 'nothing'
  const isSound = media.get(type)
  if (isSound === undefined) return [...faults, `the document describes no ${type} of a ${answer.status}`]
  if (type.endsWith('json') && !isSound(parsed(answer.body))) faults.push(`a ${answer.status} breaks its schema`)
  return faults
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
