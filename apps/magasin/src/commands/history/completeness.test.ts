import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import { Completeness } from './completeness.ts'

const records = (topic: string, ...places: readonly (readonly [partition: number, seq: number])[]) =>
  places.map(([partition, seq]) => ({ topic, partition, seq })) as unknown as readonly EventRecord[]

const partitions = (topic: string, count: number) =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }))

describe('the completeness of a history', () => {
  test('is proven where every partition goes from its first event to its last, in whatever order they are mixed', () => {
    const completeness = new Completeness(partitions('user-events', 3))
    completeness.take(records('user-events', [1, 1], [0, 1], [1, 2]))
    completeness.take(records('user-events', [0, 2]))
    assert.equal(completeness.total, 4)
    assert.deepEqual(completeness.ranges, [
      { topic: 'user-events', partition: 0, first: 1, last: 2 },
      { topic: 'user-events', partition: 1, first: 1, last: 2 },
      { topic: 'user-events', partition: 2, first: 1, last: 0 },
    ])
  })

  test('is proven of each topic by itself: the same partition of two topics is two', () => {
    const completeness = new Completeness([...partitions('user-events', 1), ...partitions('stock-events', 2)])
    completeness.take(records('stock-events', [0, 1]))
    completeness.take(records('user-events', [0, 1], [0, 2]))
    completeness.take(records('stock-events', [0, 2]))
    assert.deepEqual(completeness.ranges, [
      { topic: 'user-events', partition: 0, first: 1, last: 2 },
      { topic: 'stock-events', partition: 0, first: 1, last: 2 },
      { topic: 'stock-events', partition: 1, first: 1, last: 0 },
    ])
    assert.throws(() => completeness.take(records('user-events', [0, 4])), {
      code: 'LOG_GAP',
      facts: { topic: 'user-events', partition: 0, seq: 3 },
    })
  })

  test('says where a history begins that has lost its beginning', () => {
    const completeness = new Completeness(partitions('user-events', 1))
    completeness.take(records('user-events', [0, 7], [0, 8]))
    assert.deepEqual(completeness.ranges, [{ topic: 'user-events', partition: 0, first: 7, last: 8 }])
  })

  for (const [what, seq] of [
    ['left out', 3],
    ['repeated', 1],
  ] as const)
    test(`is refused where an event is ${what}`, () => {
      const completeness = new Completeness(partitions('user-events', 1))
      completeness.take(records('user-events', [0, 1]))
      assert.throws(() => completeness.take(records('user-events', [0, seq])), {
        code: 'LOG_GAP',
        message: `user-events partition 0: event ${seq} was read where 2 is next`,
      })
    })
})
