import { MagasinError } from '@magasin/contracts/magasin-error'
import { compressionsAlgorithmsByBitmask, crc32c } from '@platformatic/kafka'

/** A record in a buffer: where its parts begin and end. A length of -1 stands for null. */
export interface RawRecord {
  readonly offset: number
  readonly buffer: Buffer
  readonly keyAt: number
  readonly keyLength: number
  readonly valueAt: number
  readonly valueLength: number
  /** Where the headers begin, behind their count. */
  readonly headersAt: number
  readonly headerCount: number
}

/** Where the fields of a record batch of version 2 lie, https://kafka.apache.org/documentation/#recordbatch */
export const lengthAt = 8
export const magicAt = 16
export const checksumAt = 17
export const attributesAt = 21
export const lastOffsetDeltaAt = 23
export const countAt = 57
export const recordsAt = 61
const compressionMask = 0b111
const controlBatch = 1 << 5

/**
 * Reads record batches: gives every record at or behind `from` to `take`, in order, and returns the offset at which the next fetch
 * begins. A batch that is cut off at the end is left for then. Throws LOG_DAMAGED where a checksum (CRC-32C) does not fit.
 */
export function readBatches(batches: Buffer, from: number, take: (record: RawRecord) => void): number {
  let next = from
  for (let at = 0; at + recordsAt <= batches.length;) {
    const end = at + lengthAt + 4 + batches.readInt32BE(at + lengthAt)
    const base = Number(batches.readBigInt64BE(at))
    // A broker gives at least one whole batch, so a first one that is cut off has a wrong length.
    if (end > batches.length && at > 0) break
    if (end > batches.length || end < at + recordsAt) throw damaged(base, 'has a wrong length')
    check(batches, { at, end, base })
    const attributes = batches.readInt16BE(at + attributesAt)
    if ((attributes & controlBatch) === 0)
      readRecords(recordsOf(batches, { at, end, attributes }), { base, from, take })
    next = Math.max(next, base + batches.readInt32BE(at + lastOffsetDeltaAt) + 1)
    at = end
  }
  return next
}

function check(batches: Buffer, { at, end, base }: { at: number; end: number; base: number }): void {
  if (batches.readInt8(at + magicAt) !== 2) throw damaged(base, 'is of a version that nobody writes any more')
  if (crc32c(batches.subarray(at + attributesAt, end)) !== batches.readUInt32BE(at + checksumAt))
    throw damaged(base, 'does not fit its checksum')
}

function damaged(base: number, how: string): MagasinError {
  return new MagasinError(
    'LOG_DAMAGED',
    `the record batch at offset ${base} ${how}: look at the broker’s disk, then delete the topic: the relay makes it anew from the store`,
  )
}

interface Records {
  readonly buffer: Buffer
  readonly at: number
  readonly count: number
}

function recordsOf(batches: Buffer, { at, end, attributes }: { at: number; end: number; attributes: number }): Records {
  const count = batches.readInt32BE(at + countAt)
  const compression = attributes & compressionMask
  if (compression === 0) return { buffer: batches, at: at + recordsAt, count }
  const algorithm = compressionsAlgorithmsByBitmask[compression]
  if (algorithm === undefined) throw damaged(Number(batches.readBigInt64BE(at)), 'is compressed in an unknown way')
  return { buffer: algorithm.decompressSync(batches.subarray(at + recordsAt, end)), at: 0, count }
}

function readRecords(
  { buffer, at, count }: Records,
  { base, from, take }: { base: number; from: number; take: (record: RawRecord) => void },
): void {
  const cursor = { buffer, at }
  for (let i = 0; i < count; i++) {
    const end = readVarint(cursor)
    const next = cursor.at + end
    cursor.at++ // Attributes: none are defined.
    skipVarint(cursor) // The time, as a difference to the batch's.
    const offset = base + readVarint(cursor)
    const keyLength = readVarint(cursor)
    const keyAt = cursor.at
    if (keyLength > 0) cursor.at += keyLength
    const valueLength = readVarint(cursor)
    const valueAt = cursor.at
    if (valueLength > 0) cursor.at += valueLength
    const headerCount = readVarint(cursor)
    if (offset >= from)
      take({ offset, buffer, keyAt, keyLength, valueAt, valueLength, headersAt: cursor.at, headerCount })
    cursor.at = next
  }
}

/** A place in a buffer that moves with what is read. */
export interface Cursor {
  readonly buffer: Buffer
  at: number
}

/** A signed whole number of at most 32 bits: little-endian groups of seven bits, zigzag (Protocol Buffers, "sint32"). */
export function readVarint(cursor: Cursor): number {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = cursor.buffer[cursor.at++]!
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
  }
}

function skipVarint(cursor: Cursor): void {
  while (cursor.buffer[cursor.at++]! >= 0x80);
}
