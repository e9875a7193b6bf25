import type { DestinationStream } from 'pino'

/** A destination that keeps a log's lines, parsed. */
export interface LogLines extends DestinationStream {
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  /** All of it as it was written. */
  text(): string
}

export function logLines(): LogLines {
  const written: string[] = []
  return {
    write: (line) => void written.push(line),
    get lines() {
      return written.map((line) => JSON.parse(line) as Record<string, unknown>)
    },
    text: () => written.join(''),
  }
}
