import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { EventRecord } from '@magasin/contracts/event-record'
import { OrderedReader } from './ordered-reader.ts'
import type { FoundPage } from './page.ts'

/** A page of a topic; 0 stands for a record that is not ours. */
function page(seqs: readonly number[], { from = 0, logId = 'ours' } = {}): FoundPage {
  const found = seqs.map((seq, i) => ({
    offset: from + i,
    record: seq === 0 ? undefined : ({ seq, logId } as EventRecord),
  }))
  const next = from + seqs.length
  return { found, start: 0, end: next, next, isOutOfRange: false }
}

const readerAfter = (after: number, logId: string | null = 'ours') =>
  new OrderedReader({ topic: 'member-events', partition: 4, logId, after })
const seqs = (records: readonly EventRecord[]) => records.map(({ seq }) => seq)

describe('a reader that takes only what is next', () => {
  test('knows where the last record that it took lies', () => {
    const reader = readerAfter(1)
    assert.equal(reader.lastOffset, undefined)
    assert.deepEqual(seqs(reader.take(page([1, 2, 0, 2, 3, 1], { from: 10 }))), [2, 3])
    assert.deepEqual([reader.last, reader.lastOffset, reader.unrecognised], [3, 14, 1])
  })

  test('is at a gap until the record that is next has come', () => {
    const reader = readerAfter(0)
    reader.take(page([1, 4, 5]))
    assert.equal(reader.isAtGap, true)
    assert.deepEqual(seqs(reader.take(page([2, 3, 4, 5], { from: 3 }))), [2, 3, 4, 5])
    assert.equal(reader.isAtGap, false)
  })

  test('is still at a gap when that was mended in part: the rest may lie earlier', () => {
    const reader = readerAfter(0)
    reader.take(page([1, 4, 5, 6]))
    assert.deepEqual(seqs(reader.take(page([2, 3, 4], { from: 4 }))), [2, 3, 4])
    assert.equal(reader.isAtGap, true)
    assert.deepEqual(seqs(reader.take(page([1, 4, 5, 6, 2, 3, 4]))), [5, 6])
    assert.equal(reader.isAtGap, false)
  })

  test('knows whether the record before the next one was seen', () => {
    assert.equal(readerAfter(0).hasSeenLast, false)
    const reader = readerAfter(7)
    reader.take(page([5, 6]))
    assert.equal(reader.hasSeenLast, false)
    reader.take(page([7], { from: 2 }))
    assert.deepEqual([reader.hasSeenLast, reader.last], [true, 7])
  })

  test('refuses a record of another store; without a store it takes the first one’s', () => {
    const foreign = { code: 'LOG_FOREIGN', message: /partition 4 on the broker holds events of the store theirs/ }
    assert.throws(() => readerAfter(0).take(page([1], { logId: 'theirs' })), foreign)
    const anybody = readerAfter(0, null)
    anybody.take(page([1]))
    assert.equal(anybody.logId, 'ours')
    assert.throws(() => anybody.take(page([2], { from: 1, logId: 'theirs' })), foreign)
  })

  test('passes over a repeat that is another event, and takes nothing until it has seen the right one', () => {
    const event = (seq: number, eventId: string, offset: number) => ({
      offset,
      record: { seq, eventId, logId: 'ours' } as EventRecord,
    })
    const pageOf = (...found: ReturnType<typeof event>[]): FoundPage => ({ ...page([]), found })
    const reader = new OrderedReader({ topic: 'member-events', partition: 4, logId: 'ours', after: 2, afterId: 'two' })
    assert.deepEqual(reader.take(pageOf(event(2, 'other', 0), event(3, 'three', 1))), [])
    assert.deepEqual([reader.doubt, reader.unrecognised, reader.last], ['other', 1, 2])
    assert.deepEqual(seqs(reader.take(pageOf(event(2, 'two', 2), event(3, 'three', 3), event(3, 'other', 4)))), [3])
    assert.equal(reader.doubt, undefined)
    reader.take(pageOf(event(2, 'other', 5), event(3, 'other', 6)))
    assert.deepEqual([reader.doubt, reader.unrecognised, reader.lastOffset], [undefined, 3, 3])
  })

  test('is at its end, without a gap, exactly when nothing that it saw is left to take', () => {
    const pages = fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 8 }), { maxLength: 6 })
    fc.assert(
      fc.property(pages, (some) => {
        const reader = readerAfter(0)
        const taken = some.flatMap((one) => seqs(reader.take(page(one))))
        assert.deepEqual(
          taken,
          taken.map((_, i) => i + 1),
        )
        assert.equal(
          reader.isAtGap,
          some.flat().some((seq) => seq > taken.length),
        )
      }),
    )
  })
})
