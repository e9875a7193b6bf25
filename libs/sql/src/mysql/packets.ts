import { maxBatchBytes } from '../batch.ts'

/** Puts texts together as long as they fit into one round trip, in their order. A text that is larger alone comes alone. */
export function* packetsOf(texts: Iterable<string>, maxBytes: number = maxBatchBytes): Generator<readonly string[]> {
  let packet: string[] = []
  let bytes = 0
  for (const text of texts) {
    const size = Buffer.byteLength(text) + separator.length
    if (packet.length > 0 && bytes + size > maxBytes) {
      yield packet
      packet = []
      bytes = 0
    }
    packet.push(text)
    bytes += size
  }
  if (packet.length > 0) yield packet
}

/** What stands between two statements of one packet. */
export const separator = ';\n'
