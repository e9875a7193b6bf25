import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CompressionAlgorithms, crc32c } from '@platformatic/kafka'
import { readBatches } from './read-batches.ts'
import { batchOf } from '../testing/record-batch.ts'

const checksumAt = 17
const attributesAt = 21
const controlBit = 1 << 5

const records = (...values: readonly string[]) =>
  values.map((value) => ({ key: Buffer.from('member-1'), value: Buffer.from(value) }))

/** The records from an offset on, as `offset value`, and the offset behind them. */
function read(batches: Buffer, from = 0) {
  const found: string[] = []
  const next = readBatches(batches, from, ({ offset, buffer, valueAt, valueLength }) =>
    found.push(`${offset} ${buffer.toString('utf8', valueAt, valueAt + valueLength)}`),
  )
  return { found, next }
}

describe('record batches', () => {
  test('give their records with their offsets, from the one that was asked for', () => {
    const batches = Buffer.concat([batchOf(records('a', 'b', 'c'), { base: 10 }), batchOf(records('d'), { base: 13 })])
    assert.deepEqual(read(batches, 10), { found: ['10 a', '11 b', '12 c', '13 d'], next: 14 })
    assert.deepEqual(read(batches, 12), { found: ['12 c', '13 d'], next: 14 })
    assert.deepEqual(read(Buffer.alloc(0), 10), { found: [], next: 10 })
  })

  for (const compression of [CompressionAlgorithms.GZIP, CompressionAlgorithms.LZ4, CompressionAlgorithms.ZSTD])
    test(`that are compressed with ${compression} are read, too`, () => {
      const values = Array.from({ length: 50 }, (_, i) => `value ${i}`)
      const { found, next } = read(batchOf(records(...values), { base: 5, compression }), 5)
      assert.deepEqual(
        found,
        values.map((value, i) => `${i + 5} ${value}`),
      )
      assert.equal(next, 55)
    })

  test('of which the last is cut off are read up to there, and the rest by the next fetch', () => {
    const first = batchOf(records('a', 'b'))
    const second = batchOf(records('c'), { base: 2 })
    for (const bytes of [1, 20, 61, second.length - 1])
      assert.deepEqual(read(Buffer.concat([first, second.subarray(0, bytes)])), { found: ['0 a', '1 b'], next: 2 })
    assert.deepEqual(read(second, 2), { found: ['2 c'], next: 3 })
  })

  test('of a transaction’s end hold no record, and are stepped over', () => {
    const control = batchOf(records('commit'), { base: 1 })
    control.writeInt16BE(control.readInt16BE(attributesAt) | controlBit, attributesAt)
    control.writeUInt32BE(crc32c(control.subarray(attributesAt)), checksumAt)
    const batches = Buffer.concat([batchOf(records('a')), control, batchOf(records('b'), { base: 2 })])
    assert.deepEqual(read(batches), { found: ['0 a', '2 b'], next: 3 })
  })

  test('in which one bit is flipped, wherever the checksum reaches, are damaged', () => {
    const batch = batchOf(records('a', 'b'), { base: 7 })
    for (let at = checksumAt; at < batch.length; at++) {
      const flipped = Buffer.from(batch)
      flipped.writeUInt8(flipped.readUInt8(at) ^ 0b100, at)
      assert.throws(() => read(flipped, 7), { code: 'LOG_DAMAGED', message: /offset 7/ }, `at byte ${at}`)
    }
  })

  test('whose length is wrong are damaged, and do not stop a reader for ever', () => {
    for (const length of [-1, 0, 10, 1_000_000]) {
      const batch = batchOf(records('a'), { base: 7 })
      batch.writeInt32BE(length, 8)
      assert.throws(() => read(batch, 7), { code: 'LOG_DAMAGED', message: /offset 7 has a wrong length/ })
    }
  })

  test('of a format that nobody writes any more are refused', () => {
    const batch = batchOf(records('a'))
    batch.writeInt8(1, 16)
    assert.throws(() => read(batch), { code: 'LOG_DAMAGED', message: /nobody writes any more/ })
  })
})
