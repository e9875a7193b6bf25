import type { EventRecord } from '@magasin/contracts/event-record'
import { readVarint, type Cursor, type RawRecord } from './record-batches.ts'

/** A record as it is produced: everything is bytes already. */
export interface ProducedRecord {
  readonly topic: string
  readonly partition: number
  readonly key: Buffer
  readonly value: Buffer
  readonly headers: Map<Buffer, Buffer>
}

/**
 * The headers of a record: the CloudEvents binary binding for Kafka (v1.0.2), then what makes it a record of our log.
 * All of them are text; numbers are decimal.
 */
const names = {
  specVersion: 'ce_specversion',
  id: 'ce_id',
  type: 'ce_type',
  source: 'ce_source',
  time: 'ce_time',
  subject: 'ce_subject',
  logId: 'logid',
  seq: 'seq',
  commit: 'commit',
  streamVersion: 'streamversion',
  schemaVersion: 'schemaversion',
  traceparent: 'traceparent',
} as const

const header = Object.fromEntries(
  Object.entries(names).map(([key, name]) => [key, Buffer.from(name)]),
) as unknown as Record<keyof typeof names, Buffer>
const specVersion = Buffer.from('1.0')

/** Makes records for a topic of the broker, whose name may be another than ours. */
export function createRecordEncoder(topic: string, logId: string): (record: EventRecord) => ProducedRecord {
  const logIdBytes = Buffer.from(logId)
  const source = Buffer.from(`urn:uuid:${logId}`)
  return (record) => {
    const key = Buffer.from(record.stream)
    const headers = new Map<Buffer, Buffer>([
      [header.specVersion, specVersion],
      [header.id, Buffer.from(record.id)],
      [header.type, Buffer.from(record.type)],
      [header.source, source],
      [header.time, Buffer.from(record.time)],
      [header.subject, key],
      [header.logId, logIdBytes],
      [header.seq, Buffer.from(String(record.seq))],
      [header.commit, Buffer.from(String(record.commit))],
      [header.streamVersion, Buffer.from(String(record.streamVersion))],
      [header.schemaVersion, Buffer.from(String(record.schemaVersion))],
    ])
    if (record.traceparent !== null) headers.set(header.traceparent, Buffer.from(record.traceparent))
    return { topic, partition: record.partition, key, value: Buffer.from(record.value), headers }
  }
}

/** What is known of a record before it is decoded: how many of its headers are ours. */
interface Headers {
  id: string
  type: string
  time: string
  logId: string
  traceparent: string | null
  seq: number
  commit: number
  streamVersion: number
  schemaVersion: number
}

/**
 * Reads the records of one partition back. Undefined for one that is not of our making: without our headers, or with headers that
 * cannot be read. `topic` is our name for it.
 */
export function createRecordDecoder(topic: string, partition: number): (raw: RawRecord) => EventRecord | undefined {
  let lastLogId = Buffer.alloc(0)
  let lastLogIdText = ''
  // A topic holds one log, so the identity is compared and not made anew for every record.
  const logIdOf = (buffer: Buffer, at: number, end: number): string => {
    if (lastLogId.length !== end - at || lastLogId.compare(buffer, at, end) !== 0) {
      lastLogId = Buffer.from(buffer.subarray(at, end))
      lastLogIdText = lastLogId.toString()
    }
    return lastLogIdText
  }
  return (raw) => {
    if (raw.keyLength < 1 || raw.valueLength < 0) return undefined
    const headers = readHeaders(raw, logIdOf)
    if (headers === undefined) return undefined
    const { buffer, keyAt, keyLength, valueAt, valueLength } = raw
    return {
      ...headers,
      topic,
      partition,
      stream: buffer.toString('utf8', keyAt, keyAt + keyLength),
      value: buffer.toString('utf8', valueAt, valueAt + valueLength),
    }
  }
}

function readHeaders(
  raw: RawRecord,
  logIdOf: (buffer: Buffer, at: number, end: number) => string,
): Headers | undefined {
  const found: Headers = { ...none }
  const cursor: Cursor = { buffer: raw.buffer, at: raw.headersAt }
  for (let i = 0; i < raw.headerCount; i++) {
    const nameLength = readVarint(cursor)
    const nameAt = cursor.at
    cursor.at += nameLength
    const length = readVarint(cursor)
    const at = cursor.at
    if (length > 0) cursor.at += length
    readHeader(found, { buffer: raw.buffer, nameAt, nameEnd: nameAt + nameLength, at, end: cursor.at, logIdOf })
  }
  const { id, type, time, logId, seq, commit, streamVersion, schemaVersion } = found
  const isOurs = id !== '' && type !== '' && time !== '' && logId !== ''
  return isOurs && seq > 0 && commit > 0 && streamVersion > 0 && schemaVersion > 0 ? found : undefined
}

const none: Headers = {
  id: '',
  type: '',
  time: '',
  logId: '',
  traceparent: null,
  seq: 0,
  commit: 0,
  streamVersion: 0,
  schemaVersion: 0,
}

interface RawHeader {
  readonly buffer: Buffer
  readonly nameAt: number
  readonly nameEnd: number
  readonly at: number
  readonly end: number
  readonly logIdOf: (buffer: Buffer, at: number, end: number) => string
}

function readHeader(into: Headers, raw: RawHeader): void {
  const { buffer, nameAt, nameEnd, at, end } = raw
  const is = (name: Buffer): boolean => name.length === nameEnd - nameAt && name.compare(buffer, nameAt, nameEnd) === 0
  // By length first: most names are told apart by it, and this runs a dozen times for every record.
  switch (nameEnd - nameAt) {
    case header.seq.length:
      if (is(header.seq)) into.seq = readDecimal(buffer, at, end)
      break
    case header.id.length: // and logid
      if (is(header.id)) into.id = buffer.toString('latin1', at, end)
      else if (is(header.logId)) into.logId = raw.logIdOf(buffer, at, end)
      break
    case header.commit.length:
      if (is(header.commit)) into.commit = readDecimal(buffer, at, end)
      break
    case header.type.length: // and ce_time
      if (is(header.type)) into.type = buffer.toString('utf8', at, end)
      else if (is(header.time)) into.time = buffer.toString('latin1', at, end)
      break
    case header.traceparent.length:
      if (is(header.traceparent)) into.traceparent = buffer.toString('latin1', at, end)
      break
    case header.streamVersion.length: // and schemaversion
      if (is(header.streamVersion)) into.streamVersion = readDecimal(buffer, at, end)
      else if (is(header.schemaVersion)) into.schemaVersion = readDecimal(buffer, at, end)
      break
  }
}

const mostDigits = 15

/** A whole number of decimal digits, 0 for anything else: no number of ours is 0. */
function readDecimal(buffer: Buffer, at: number, end: number): number {
  if (end - at > mostDigits) return 0
  let value = 0
  for (let i = at; i < end; i++) {
    const digit = buffer[i]! - 48
    if (digit < 0 || digit > 9) return 0
    value = value * 10 + digit
  }
  return value
}
