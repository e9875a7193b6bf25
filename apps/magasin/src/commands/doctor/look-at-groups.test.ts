import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TopicDescription } from '@magasin/event-log/event-log'
import { whyParked } from '../parked.ts'
import { lookAtGroups } from './look-at-positions.ts'

const at = (group_name: string, seq: number) => ({
  group_name,
  topic: 'loan-events',
  partition: 0,
  log_id: 'log',
  event_id: null,
  seq,
})
const partition = { partition: 0, floor: 1, end: 10, gapAt: null, unrecognised: 0 }
const followed = [
  { topic: 'loan-events', logId: 'log', partitions: [partition], groups: [] },
] as unknown as readonly TopicDescription[]
const reader = { title: 'The reader' }
const told = (positions: readonly ReturnType<typeof at>[], today?: readonly string[]) =>
  lookAtGroups(reader, { positions, followed, today }).map(({ kind, what }) => `${kind}: ${what}`)

test('the doctor judges each group of a database by itself, and names it', () => {
  assert.deepEqual(told([at('first', 10), at('second', 4), at('third', 12)]), [
    'ok: The reader (group first) has handled every event',
    'note: 6 events are still to be handled by The reader (group second)',
    'fault: The reader (group third) is at event 12 of loan-events partition 0, which ends at 10',
  ])
})

test('a group of former settings is not looked at, and one of today that has read nothing is', () => {
  assert.deepEqual(told([at('former', 4)], ['now']), [
    'note: 10 events are still to be handled by The reader (group now)',
  ])
  assert.deepEqual(told([]), ['note: 10 events are still to be handled by The reader'])
})

test('an event whose own effect is under way is not said to wait after another', () => {
  const waiting = { reason: null, attempts: 0, isUnderWay: false }
  assert.equal(whyParked(waiting), 'waits behind another')
  assert.equal(whyParked({ ...waiting, isUnderWay: true }), 'its effect is under way')
})
