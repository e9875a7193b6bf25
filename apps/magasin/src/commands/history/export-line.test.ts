import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { recordNames, type EventRecord } from '@magasin/contracts/event-record'
import fc from 'fast-check'
import { exportLine } from './export-line.ts'

const record: EventRecord = {
  logId: '0b7d3c1e-5a51-4c53-9c39-0a4b0b6f4b11',
  topic: 'user-events',
  partition: 3,
  seq: 7,
  commandNo: 19,
  commandIndex: 2,
  eventId: '01990000-0000-7000-8000-000000000000',
  type: 'UserCreated',
  stream: 'user-42',
  streamVersion: 1,
  schemaVersion: 2,
  time: '2026-03-01T15:05:00.000Z',
  causedBy: null,
  traceparent: null,
  value: '{"event":"UserCreated","id":42,"name":"Ada"}',
}

describe('a line of an export', () => {
  test('is the lab’s fields, then the event’s place in the log and in the history', () => {
    assert.equal(
      exportLine(record),
      '{"event":"UserCreated","id":42,"name":"Ada","topic":"user-events","partition":3,"seq":7,"command_no":19,"command_index":2,"stream":"user-42","stream_version":1,"schema_version":2,"event_id":"01990000-0000-7000-8000-000000000000"}',
    )
  })

  test('names each field of a record as `recordNames` does', () => {
    const { type, time } = record
    const value = JSON.stringify({ event: type, datetime: time })
    const whole: EventRecord = { ...record, causedBy: 'e-1', value }
    const named = Object.entries(recordNames).flatMap(([field, { exported }]) =>
      exported === null ? [] : [[exported, whole[field as keyof EventRecord]]],
    )
    assert.deepEqual(JSON.parse(exportLine(whole)), Object.fromEntries(named))
  })

  test('names the event that caused it, if one did', () => {
    const line = exportLine({ ...record, causedBy: 'e-1' })
    assert.equal((JSON.parse(line) as { caused_by: unknown }).caused_by, 'e-1')
  })

  test('holds any name as it is, on one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const line = exportLine({ ...record, value: JSON.stringify({ event: 'UserCreated', name }) })
        assert.equal((JSON.parse(line) as { name: unknown }).name, JSON.parse(JSON.stringify(name)))
        assert.doesNotMatch(line, /[\r\n]/)
      }),
    )
  })

  for (const value of ['', '[]', '{}', '"text"', 'null', '{"cut":'])
    test(`is not made of ${JSON.stringify(value)}: the export fails and names the event, not what it holds`, () => {
      assert.throws(() => exportLine({ ...record, value }), {
        code: 'EVENT_INVALID',
        message: 'user-events partition 3: the value of event 7 is not a JSON object',
      })
    })
})
