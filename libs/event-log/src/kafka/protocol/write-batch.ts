import { crc32c } from '@platformatic/kafka'
import { ByteWriter } from './byte-writer.ts'
import { attributesAt, checksumAt, countAt, lastOffsetDeltaAt, lengthAt, magicAt, recordsAt } from './read-batches.ts'

// The fields of the head that only a writer knows, https://kafka.apache.org/documentation/#recordbatch
const leaderEpochAt = 12
const firstTimeAt = 27
const lastTimeAt = 35
const producerIdAt = 43
const producerEpochAt = 51
const firstSequenceAt = 53

/** Writes key, value and headers of a record, each field with its length before it. */
export type WriteRecord<Item> = (item: Item, into: ByteWriter) => void

/**
 * A record batch of version 2, not compressed, of one time, for a producer that is neither idempotent nor in a transaction.
 * The offsets count from 0: the broker puts the base.
 */
export function writeBatch<Item>(items: readonly Item[], write: WriteRecord<Item>, now = Date.now()): Buffer {
  const bytes = new ByteWriter(recordsAt + items.length * usualRecordBytes)
  bytes.skip(recordsAt)
  for (const [i, item] of items.entries())
    bytes.sized(() => {
      bytes.byte(0) // Attributes: none are defined.
      bytes.varint(0) // The time, as a difference to the batch's.
      bytes.varint(i)
      write(item, bytes)
    })
  const batch = bytes.bytes
  writeHead(batch, items.length, BigInt(now))
  batch.writeUInt32BE(crc32c(batch.subarray(attributesAt)), checksumAt)
  return batch
}

// An event of ours with its headers; a batch of larger ones grows.
const usualRecordBytes = 768

function writeHead(batch: Buffer, count: number, now: bigint): void {
  batch.writeBigInt64BE(0n, 0)
  batch.writeInt32BE(batch.length - lengthAt - 4, lengthAt)
  batch.writeInt32BE(-1, leaderEpochAt)
  batch.writeInt8(2, magicAt)
  batch.writeInt16BE(0, attributesAt)
  batch.writeInt32BE(count - 1, lastOffsetDeltaAt)
  batch.writeBigInt64BE(now, firstTimeAt)
  batch.writeBigInt64BE(now, lastTimeAt)
  batch.writeBigInt64BE(-1n, producerIdAt)
  batch.writeInt16BE(-1, producerEpochAt)
  batch.writeInt32BE(-1, firstSequenceAt)
  batch.writeInt32BE(count, countAt)
}
