import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Reader, readRecordsBatch } from '@platformatic/kafka'
import { readBatches } from './read-batches.ts'
import { writeBatch } from './write-batch.ts'

const valueOnly = (values: readonly string[]) =>
  writeBatch(values, (value, into) => {
    into.text('key')
    into.text(value)
    into.varint(0)
  })

describe('a batch that is written', () => {
  test('is what the client library reads, of a producer that promises nothing', () => {
    const { records, ...head } = readRecordsBatch(Reader.from(valueOnly(['a', 'é', 'c'])))
    assert.deepEqual(
      records.map(({ offsetDelta, key, value }) => `${offsetDelta} ${String(key)} ${String(value)}`),
      ['0 key a', '1 key é', '2 key c'],
    )
    const { firstOffset, lastOffsetDelta, attributes, producerId, producerEpoch, firstSequence } = head
    assert.deepEqual(
      { firstOffset, lastOffsetDelta, attributes, producerId, producerEpoch, firstSequence },
      { firstOffset: 0n, lastOffsetDelta: 2, attributes: 0, producerId: -1n, producerEpoch: -1, firstSequence: -1 },
    )
    assert.equal(head.firstTimestamp, head.maxTimestamp)
    assert.ok(Math.abs(Number(head.maxTimestamp) - Date.now()) < 60_000)
  })

  test('fits its checksum, and holds records of every length that a varint is one byte longer for', () => {
    const lengths = [0, 1, 63, 64, 8_191, 8_192, 1_048_575, 1_048_576]
    const values = lengths.map((length) => 'x'.repeat(length))
    const found: number[] = []
    const next = readBatches(valueOnly(values), 0, ({ valueLength }) => found.push(valueLength))
    assert.deepEqual(found, lengths)
    assert.equal(next, lengths.length)
  })

  test('holds as many records as there are', () => {
    const values = Array.from({ length: 20_000 }, (_, i) => String(i))
    const found: string[] = []
    readBatches(valueOnly(values), 0, ({ buffer, valueAt, valueLength }) =>
      found.push(buffer.toString('utf8', valueAt, valueAt + valueLength)),
    )
    assert.deepEqual(found, values)
  })
})
