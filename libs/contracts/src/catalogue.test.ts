import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { maxValueBytes } from './catalogue.ts'
import type { EventRecord } from './event-record.ts'
import { club, members } from './testing/members.ts'
import { checkUpcasters, upcast } from './upcast.ts'
import { isMagasinError } from './magasin-error.ts'

const record = (fields: Partial<EventRecord>): EventRecord => ({
  logId: '0',
  topic: 'member-events',
  partition: 0,
  seq: 1,
  commandNo: 1,
  commandIndex: 0,
  eventId: 'e-1',
  type: 'MemberJoined',
  stream: 'member-42',
  streamVersion: 1,
  schemaVersion: 2,
  time: '2026-01-01T00:00:00.000Z',
  causedBy: null,
  traceparent: null,
  value: '{}',
  ...fields,
})

describe('the value of an event', () => {
  test('is the flat JSON that the lab’s clients read', () => {
    const value = club.encode(
      { type: 'MemberJoined', data: members.events.MemberJoined.sample },
      '2026-01-01T00:00:00.000Z',
    )
    assert.equal(
      value,
      '{"event":"MemberJoined","id":42,"name":"Ada Lovelace","contact":"ada@example.com","level":1,"datetime":"2026-01-01T00:00:00.000Z"}',
    )
  })

  for (const definition of club.events.values())
    test(`of the ${definition.type} sample is read back as it was written, in its own stream`, () => {
      const value = club.encode({ type: definition.type, data: definition.sample }, '2026-01-01T00:00:00.000Z')
      const { schemaVersion, type } = definition
      assert.deepEqual(club.decode(record({ type, schemaVersion, value })).data, definition.sample)
      assert.match(definition.streamOf(definition.sample), /^[a-z]+-\d+$/)
    })

  test('of an older schema version is brought to today’s when it is read', () => {
    const value =
      '{"event":"MemberJoined","id":7,"name":"Alan","contact":"alan@example.com","datetime":"2020-01-01T00:00:00.000Z"}'
    assert.partialDeepStrictEqual(club.decode(record({ schemaVersion: 1, value })).data, { level: 1 })
  })

  test('that does not fit its schema is refused before it is stored, naming the field and not what it holds', () => {
    const event = { type: 'MemberJoined', data: { ...members.events.MemberJoined.sample, contact: 'no' } } as const
    assert.throws(
      () => club.encode(event, ''),
      (error) =>
        isMagasinError(error, 'EVENT_INVALID') && error.message.includes('contact') && !error.message.includes("'no'"),
    )
  })

  test('with a field too many is refused by the name of that field', () => {
    const { type, sample } = members.events.MemberJoined
    assert.throws(() => club.encode({ type, data: { ...sample, nmae: 'Ada' } }, ''), {
      code: 'EVENT_INVALID',
      message: 'nmae is no field of MemberJoined',
      facts: { type, field: 'nmae' },
    })
  })

  test('never grows to a size that a broker would refuse', () => {
    assert.ok(maxValueBytes < 1_000_000)
  })

  test('that cannot be understood is refused by a code that says why', () => {
    const decode = (fields: Partial<EventRecord>) => () => club.decode(record(fields))
    assert.throws(decode({ type: 'MemberPromoted' }), { code: 'EVENT_TYPE_UNKNOWN', message: /a newer version/ })
    assert.throws(decode({ schemaVersion: 3 }), { code: 'EVENT_SCHEMA_NEWER' })
    assert.throws(decode({ value: '{' }), { code: 'EVENT_INVALID' })
    assert.throws(decode({ value: '[]' }), { code: 'EVENT_INVALID' })
    assert.throws(decode({ value: '{}' }), { code: 'EVENT_INVALID' })
  })

  test('of a type that is written wrong is refused with the types that there are', () => {
    assert.throws(() => club.encode({ type: 'MemberJoind', data: {} }, ''), {
      code: 'EVENT_TYPE_UNKNOWN',
      message: 'no event type is called MemberJoind: the types are MemberJoined, MemberLeft, MemberVisited',
    })
  })

  test('hides a person when it is shown, everything of an unknown type, and a field that only another version knows', () => {
    const shown = club.maskPersonal('MemberJoined', {
      event: 'MemberJoined',
      id: 42,
      name: 'Ada',
      contact: 'ada@example.com',
      level: 1,
    })
    assert.deepEqual(shown, { event: 'MemberJoined', id: 42, name: '***', contact: '***', level: 1 })
    assert.deepEqual(club.maskPersonal('Other', { id: 1, secret: 'x' }), { id: 1, secret: '***' })
    const newer = { event: 'MemberJoined', id: 42, phone: '555 0100', datetime: 'then' }
    assert.deepEqual(club.maskPersonal('MemberJoined', newer), { ...newer, phone: '***' })
  })
})

describe('the chain of upcasters', () => {
  test('with a hole is refused at start, naming the versions', () => {
    const holed = { type: 'MemberJoined', schemaVersion: 3, upcasters: { 1: (data: object) => ({ ...data }) } }
    assert.throws(() => checkUpcasters(holed), { code: 'UPCASTER_MISSING', message: /from schema version 2 to 3/ })
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

describe('a catalogue', () => {
  test('gives a service the topics that it owns, and no others', () => {
    assert.deepEqual(
      club.topicsOf('club').map(({ name }) => name),
      ['member-events', 'visit-events'],
    )
    assert.deepEqual(club.topicsOf('another'), [])
  })

  test('knows the kind of every error of the libraries and of the application', () => {
    assert.equal(club.errorKind('CONTACT_TAKEN').http?.status, 409)
    assert.equal(club.errorKind('LOG_GAP').exitCode, 3)
    assert.equal(club.errorKind('FORGOTTEN').code, 'INTERNAL')
  })
})
