import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { club } from '@magasin/contracts/testing/members'
import type { EventRecord } from '@magasin/contracts/event-record'
import { Reader, readRecordsBatch } from '@platformatic/kafka'
import { readBatches } from './protocol/read-batches.ts'
import type { ForeignRecord } from '../testing/kafka-topic.ts'
import { createRecordDecoder, createRecordEncoder } from './record-codec.ts'
import { batchOf } from './testing/record-batch.ts'
import { writeBatch } from './protocol/write-batch.ts'

const logId = '0198c0de-0000-7000-8000-000000000001'
const ada = { id: 42, name: 'Ada Lovelace', contact: 'ada@example.com', level: 1 } as const

const record: EventRecord = {
  logId,
  topic: 'member-events',
  partition: 3,
  seq: 7,
  commandNo: 19,
  commandIndex: 0,
  eventId: '0198c0de-0000-7000-8000-00000000002a',
  type: 'MemberJoined',
  stream: 'member-42',
  streamVersion: 1,
  schemaVersion: 2,
  time: '2026-01-02T03:04:05.678Z',
  causedBy: '0198c0de-0000-7000-8000-000000000029',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  value: club.encode({ type: 'MemberJoined', data: ada }, '2026-01-02T03:04:05.678Z'),
}

const write = createRecordEncoder(logId)

/** A record as it is produced, in the eyes of the client library. */
function encode(any: EventRecord) {
  const [produced] = readRecordsBatch(Reader.from(writeBatch([any], write))).records
  const { key, value, headers } = produced!
  return { key: key!, value: value!, headers: new Map(headers.map(([name, text]) => [name!, text!])) }
}

const headersOf = ({ headers }: ReturnType<typeof encode>) =>
  new Map([...headers].map(([k, v]) => [k.toString(), v.toString()]))

/** What a reader makes of a record as it was produced. */
function decode(produced: ForeignRecord): EventRecord | undefined {
  const found: (EventRecord | undefined)[] = []
  const decodeRaw = createRecordDecoder('member-events', 3)
  readBatches(batchOf([produced]), 0, (raw) => found.push(decodeRaw(raw)))
  assert.equal(found.length, 1)
  return found[0]
}

describe('a record on the broker', () => {
  test('has the stream as its key and the lab’s JSON, byte by byte, as its value', () => {
    const { key, value } = encode(record)
    assert.equal(key.toString(), 'member-42')
    assert.equal(
      value.toString(),
      '{"event":"MemberJoined","id":42,"name":"Ada Lovelace","contact":"ada@example.com","level":1,"datetime":"2026-01-02T03:04:05.678Z"}',
    )
  })

  test('has the headers of a CloudEvent, and those that make it a record of our log', () => {
    assert.deepEqual(Object.fromEntries(headersOf(encode(record))), {
      ce_specversion: '1.0',
      ce_id: record.eventId,
      ce_type: 'MemberJoined',
      ce_source: `urn:uuid:${logId}`,
      ce_time: '2026-01-02T03:04:05.678Z',
      ce_subject: 'member-42',
      logid: logId,
      seq: '7',
      commandno: '19',
      commandindex: '0',
      streamversion: '1',
      schemaversion: '2',
      causedby: record.causedBy,
      traceparent: record.traceparent,
    })
    assert.equal(headersOf(encode({ ...record, traceparent: null })).has('traceparent'), false)
    assert.equal(headersOf(encode({ ...record, causedBy: null })).has('causedby'), false)
  })

  test('is read back as it was recorded, whatever it holds', () => {
    const number = fc.integer({ min: 1, max: 999_999_999_999_999 })
    const name = (maxLength: number) => fc.stringMatching(/^[!-~]+$/, { maxLength }).filter((text) => text.length > 0)
    const time = fc
      .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString())
    const traceparent = fc.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    const anyRecord = fc.record<EventRecord>(
      {
        logId: fc.constant(logId),
        topic: fc.constant('member-events'),
        partition: fc.constant(3),
        seq: number,
        commandNo: number,
        commandIndex: fc.nat(),
        eventId: fc.uuid(),
        type: name(100),
        stream: name(200),
        streamVersion: number,
        schemaVersion: number,
        time,
        causedBy: fc.option(fc.uuid()),
        traceparent: fc.option(traceparent),
        value: fc.string({ unit: 'binary' }),
      },
      { noNullPrototype: true },
    )
    fc.assert(fc.property(anyRecord, (any) => assert.deepEqual(decode(encode(any)), any)))
  })

  test('is unrecognised if a text has not the form that a store gives it: it would fit into no column', () => {
    const most = {
      ...record,
      type: 'T'.repeat(100),
      stream: 's'.repeat(200),
      traceparent: `${record.traceparent}-more`,
    }
    assert.deepEqual(decode(encode(most)), most)
    const wrong: Partial<EventRecord>[] = [
      { eventId: 'e-1' },
      { eventId: `${record.eventId}0` },
      { time: '2026-01-02' },
      { time: '2026-01-02T03:04:05.678+01:00' },
      { type: 'T'.repeat(101) },
      { type: 'Über' },
      { stream: 's'.repeat(201) },
      { stream: 'member 42' },
      { stream: 'mémoire-42' },
      { causedBy: '' },
      { causedBy: `${record.causedBy}0` },
      { traceparent: 'x' },
      { traceparent: `${record.traceparent}-${'x'.repeat(45)}` },
    ]
    for (const one of wrong) assert.equal(decode(encode({ ...record, ...one })), undefined, JSON.stringify(one))
    assert.equal(decode({ ...encode(record), key: Buffer.alloc(0) }), undefined)
  })

  test('is unrecognised without one of the headers that make it ours, or with one that cannot be read', () => {
    const produced = encode(record)
    assert.notEqual(decode(produced), undefined)
    const without = (name: string) => new Map([...produced.headers].filter(([key]) => key.toString() !== name))
    const numbers = ['seq', 'commandno', 'commandindex', 'streamversion', 'schemaversion']
    for (const name of ['ce_id', 'ce_type', 'ce_time', 'logid', ...numbers])
      assert.equal(decode({ ...produced, headers: without(name) }), undefined, `without ${name}`)
    for (const name of numbers)
      for (const wrong of [
        '',
        ...(name === 'commandindex' ? [] : ['0']),
        '-1',
        '1.5',
        ' 7',
        '7x',
        '0x7',
        '1'.repeat(16),
      ]) {
        const headers = without(name).set(Buffer.from(name), Buffer.from(wrong))
        assert.equal(decode({ ...produced, headers }), undefined, `${name}: ${wrong}`)
      }
  })

  test('is unrecognised without headers, without a key, or without a value', () => {
    const { key, value, headers } = encode(record)
    assert.notEqual(decode({ key, value, headers }), undefined)
    assert.equal(decode({ key, value }), undefined)
    assert.equal(decode({ value, headers }), undefined)
    assert.equal(decode({ key, headers }), undefined)
  })

  test('may carry headers of others beside ours', () => {
    const { key, value, headers } = encode(record)
    const more = new Map([[Buffer.from('x'), Buffer.from('1')], ...headers, [Buffer.from('seq2'), Buffer.alloc(0)]])
    assert.deepEqual(decode({ key, value, headers: more }), record)
  })
})
