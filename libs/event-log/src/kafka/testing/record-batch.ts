import { createRecordsBatch, CompressionAlgorithms, type CompressionAlgorithmValue } from '@platformatic/kafka'
import type { ForeignRecord } from '../../testing/kafka-topic.ts'

/** A record batch as it lies on a broker's disk, made by the client library. */
export function batchOf(
  records: readonly ForeignRecord[],
  {
    base = 0,
    compression = CompressionAlgorithms.NONE,
  }: { base?: number; compression?: CompressionAlgorithmValue } = {},
): Buffer {
  // The library's type wants a value, and its code writes the null that a missing one is.
  const messages = records.map(
    (record) => ({ topic: 'member-events', partition: 0, ...record }) as { value: Buffer; topic: string },
  )
  const batch = createRecordsBatch(messages, { compression, producerId: -1n, producerEpoch: -1, firstSequence: -1 })
  const bytes = Buffer.from(batch.buffer)
  bytes.writeBigInt64BE(BigInt(base))
  return bytes
}
