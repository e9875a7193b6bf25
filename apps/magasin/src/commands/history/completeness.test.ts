import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import { Completeness } from './completeness.ts'

const records = (...places: readonly (readonly [partition: number, seq: number])[]) =>
  places.map(([partition, seq]) => ({ partition, seq })) as unknown as readonly EventRecord[]

describe('the completeness of a history', () => {
  test('is proven where every partition goes from its first event to its last, in whatever order they are mixed', () => {
    const completeness = new Completeness('user-events', [0, 1, 2])
    completeness.take(records([1, 1], [0, 1], [1, 2]))
    completeness.take(records([0, 2]))
    assert.equal(completeness.total, 4)
    assert.deepEqual(completeness.ranges, [
      { partition: 0, first: 1, last: 2 },
      { partition: 1, first: 1, last: 2 },
      { partition: 2, first: 1, last: 0 },
    ])
  })

  test('says where a history begins that has lost its beginning', () => {
    const completeness = new Completeness('user-events', [0])
    completeness.take(records([0, 7], [0, 8]))
    assert.deepEqual(completeness.ranges, [{ partition: 0, first: 7, last: 8 }])
  })

  for (const [what, seq] of [
    ['left out', 3],
    ['repeated', 1],
  ] as const)
    test(`is refused where an event is ${what}`, () => {
      const completeness = new Completeness('user-events', [0])
      completeness.take(records([0, 1]))
      assert.throws(() => completeness.take(records([0, seq])), {
        code: 'LOG_GAP',
        message: `user-events partition 0: event ${seq} was read where 2 is next`,
      })
    })
})
