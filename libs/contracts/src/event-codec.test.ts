import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeEvent, encodeEvent, maxValueBytes } from './event-codec.ts'
import type { EventRecord } from './event-record.ts'
import { eventTypes, type DomainEvent } from './event-types.ts'
import { maskPersonal } from './mask-personal.ts'
import { checkUpcasters, upcast } from './upcast.ts'
import { isMagasinError } from './magasin-error.ts'

const record = (fields: Partial<EventRecord>): EventRecord => ({
  logId: '0',
  topic: 'user-events',
  partition: 0,
  seq: 1,
  commit: 1,
  id: 'e-1',
  type: 'UserCreated',
  stream: 'user-42',
  streamVersion: 1,
  schemaVersion: 2,
  time: '2026-01-01T00:00:00.000Z',
  traceparent: null,
  value: '{}',
  ...fields,
})

describe('the value of an event', () => {
  test('is the flat JSON that the lab’s clients read', () => {
    const value = encodeEvent({ type: 'UserCreated', data: eventTypes.UserCreated.sample }, '2026-01-01T00:00:00.000Z')
    assert.equal(
      value,
      '{"event":"UserCreated","id":42,"name":"Ada Lovelace","email":"ada@example.com","user_type_id":1,"datetime":"2026-01-01T00:00:00.000Z"}',
    )
  })

  for (const definition of Object.values(eventTypes))
    test(`of the ${definition.type} sample is read back as it was written, in its own stream`, () => {
      const value = encodeEvent(
        { type: definition.type, data: definition.sample } as DomainEvent,
        '2026-01-01T00:00:00.000Z',
      )
      const { schemaVersion, type } = definition
      assert.deepEqual(decodeEvent(record({ type, schemaVersion, value })).data, definition.sample)
      assert.match(definition.streamOf(definition.sample), /^[a-z]+-\d+$/)
    })

  test('without a user type, from older history, is a client’s', () => {
    const value =
      '{"event":"UserCreated","id":7,"name":"Alan","email":"alan@example.com","datetime":"2020-01-01T00:00:00.000Z"}'
    assert.equal(decodeEvent(record({ schemaVersion: 1, value })).data.user_type_id, 1)
  })

  test('that does not fit its schema is refused before it is stored, naming the field and not what it holds', () => {
    const event = { type: 'UserCreated', data: { ...eventTypes.UserCreated.sample, email: 'no' } } as const
    assert.throws(
      () => encodeEvent(event, ''),
      (error) =>
        isMagasinError(error, 'EVENT_INVALID') && error.message.includes('email') && !error.message.includes("'no'"),
    )
  })

  test('never grows to a size that a broker would refuse', () => {
    assert.ok(maxValueBytes < 1_000_000)
  })

  test('that cannot be understood is refused by a code that says why', () => {
    const decode = (fields: Partial<EventRecord>) => () => decodeEvent(record(fields))
    assert.throws(decode({ type: 'UserPromoted' }), { code: 'EVENT_TYPE_UNKNOWN' })
    assert.throws(decode({ schemaVersion: 3 }), { code: 'EVENT_SCHEMA_NEWER' })
    assert.throws(decode({ value: '{' }), { code: 'EVENT_INVALID' })
    assert.throws(decode({ value: '[]' }), { code: 'EVENT_INVALID' })
    assert.throws(decode({ value: '{}' }), { code: 'EVENT_INVALID' })
  })

  test('hides a person when it is shown, and everything of an unknown type', () => {
    const shown = maskPersonal('UserCreated', {
      event: 'UserCreated',
      id: 42,
      name: 'Ada',
      email: 'ada@example.com',
      user_type_id: 1,
    })
    assert.deepEqual(shown, { event: 'UserCreated', id: 42, name: '***', email: '***', user_type_id: 1 })
    assert.deepEqual(maskPersonal('Other', { id: 1, secret: 'x' }), { id: 1, secret: '***' })
  })
})

describe('the chain of upcasters', () => {
  test('has no hole', () => checkUpcasters())

  test('with a hole is refused at start, naming the versions', () => {
    const holed = { type: 'UserCreated', schemaVersion: 3, upcasters: { 1: (data: object) => ({ ...data }) } }
    assert.throws(() => checkUpcasters([holed]), { code: 'UPCASTER_MISSING', message: /from schema version 2 to 3/ })
  })

  test('is walked one version at a time', () => {
    const chain = {
      type: 'X',
      schemaVersion: 3,
      upcasters: { 1: () => ({ step: 1 }), 2: (data: object) => ({ ...data, then: 2 }) },
    }
    assert.deepEqual(upcast(chain, 1, {}), { step: 1, then: 2 })
    assert.deepEqual(upcast(chain, 3, { as: 'is' }), { as: 'is' })
  })
})
