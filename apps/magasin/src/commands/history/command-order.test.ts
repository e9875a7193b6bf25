import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import { CommandOrder } from './command-order.ts'

type Place = readonly [commandNo: number, commandIndex: number]

/** A history of one store in two topics, as whoever reads it gets it: events of a command go to both in turn. */
const records = (...places: readonly Place[]) =>
  places.map(([commandNo, commandIndex], i) => ({
    topic: commandIndex % 2 === 0 ? 'order-events' : 'stock-events',
    partition: 3,
    seq: i + 1,
    commandNo,
    commandIndex,
  })) as unknown as readonly EventRecord[]

function taken(...places: readonly Place[]): CommandOrder {
  const order = new CommandOrder()
  for (const record of records(...places)) order.take([record])
  return order
}

const whole: readonly Place[] = [
  [1, 0],
  [2, 0],
  [2, 1],
  [2, 2],
  [3, 0],
  [3, 1],
  [4, 0],
]

describe('the order of a history', () => {
  test('is proven where commands follow each other, and in each its events', () => {
    const order = taken(...whole)
    assert.deepEqual([order.lastCommand, order.firstMissing], [4, null])
  })

  test('of a store in which nothing happened is in order', () => {
    assert.deepEqual([new CommandOrder().lastCommand, new CommandOrder().firstMissing], [0, null])
  })

  test('is refused wherever two events are swapped, and says which', () => {
    for (let at = 1; at < whole.length; at++) {
      const swapped = whole.with(at, whole[at - 1]!).with(at - 1, whole[at]!)
      assert.throws(() => taken(...swapped), { code: 'LOG_DAMAGED' }, `${at - 1} and ${at}`)
    }
    assert.throws(() => taken([1, 0], [2, 1], [2, 0]), {
      message: 'order-events partition 3: event 3 is number 0 of command 2, and was read after number 1 of command 2',
    })
  })

  test('is refused where an event is told twice', () => {
    for (let at = 0; at < whole.length; at++)
      assert.throws(() => taken(...whole.toSpliced(at, 0, whole[at]!)), { code: 'LOG_DAMAGED' })
  })

  test('finds the first event that is missing, wherever another follows it', () => {
    for (let at = 0; at < whole.length - 1; at++) {
      const [commandNo, commandIndex] = whole[at]!
      const { firstMissing } = taken(...whole.toSpliced(at, 1))
      // What a command had at its end, no later number shows.
      const isLast = whole[at + 1]![1] === 0
      const expected = isLast && commandIndex > 0 ? null : { commandNo, commandIndex }
      assert.deepEqual(firstMissing, expected, `without ${commandNo}/${commandIndex}`)
    }
  })

  test('finds a topic that was left out, and stays with the first of its events', () => {
    const { firstMissing } = taken(...whole.filter(([, commandIndex]) => commandIndex % 2 === 1), [9, 1])
    assert.deepEqual(firstMissing, { commandNo: 1, commandIndex: 0 })
  })
})
