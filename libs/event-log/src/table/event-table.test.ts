import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordNames, type EventRecord } from '@magasin/contracts/event-record'
import { recordOf, rowOf } from './event-table.ts'

const record: EventRecord = {
  logId: '0198c0de-0000-7000-8000-000000000001',
  topic: 'member-events',
  partition: 3,
  seq: 7,
  commandNo: 19,
  commandIndex: 2,
  eventId: '0198c0de-0000-7000-8000-00000000002a',
  type: 'MemberJoined',
  stream: 'member-42',
  streamVersion: 1,
  schemaVersion: 4,
  time: '2026-01-02T03:04:05.678Z',
  causedBy: '0198c0de-0000-7000-8000-000000000029',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  value: '{}',
}

test('a row of the event table names each field of a record as `recordNames` does, and gives it back', () => {
  const named = Object.entries(recordNames).flatMap(([field, { column }]) =>
    column === null ? [] : [[column, record[field as keyof EventRecord]]],
  )
  assert.deepEqual(rowOf(record), Object.fromEntries(named))
  assert.deepEqual(recordOf(record.logId, rowOf(record)), record)
})
