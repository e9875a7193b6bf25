import type { EventRecord } from '@magasin/contracts/event-record'
import { ByteWriter } from './protocol/byte-writer.ts'
import { readVarint, type Cursor, type RawRecord } from './protocol/read-batches.ts'

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

const namesAs = (make: (name: string) => Buffer) =>
  Object.fromEntries(Object.entries(names).map(([key, name]) => [key, make(name)])) as unknown as Record<
    keyof typeof names,
    Buffer
  >
const header = namesAs((name) => Buffer.from(name))
const sizedHeader = namesAs(textBytes)

/** A text as a record holds it, its length before it. */
function textBytes(text: string): Buffer {
  const bytes = new ByteWriter()
  bytes.text(text)
  return bytes.bytes
}

/** Writes records of a log as they are produced: key, value, headers. */
export function createRecordEncoder(logId: string): (record: EventRecord, into: ByteWriter) => void {
  const { specVersion, source, logId: ofLog } = sizedHeader
  const [one, urn, id] = ['1.0', `urn:uuid:${logId}`, logId].map(textBytes) as [Buffer, Buffer, Buffer]
  const sameForAll = Buffer.concat([specVersion, one, source, urn, ofLog, id])
  const headers = Object.keys(names).length
  return (record, into) => {
    const { stream, value, traceparent } = record
    const put = (name: Buffer, text: string): void => {
      into.raw(name)
      into.text(text)
    }
    into.text(stream)
    into.text(value)
    into.varint(traceparent === null ? headers - 1 : headers)
    into.raw(sameForAll)
    put(sizedHeader.id, record.id)
    put(sizedHeader.type, record.type)
    put(sizedHeader.time, record.time)
    put(sizedHeader.subject, stream)
    put(sizedHeader.seq, String(record.seq))
    put(sizedHeader.commit, String(record.commit))
    put(sizedHeader.streamVersion, String(record.streamVersion))
    put(sizedHeader.schemaVersion, String(record.schemaVersion))
    if (traceparent !== null) put(sizedHeader.traceparent, traceparent)
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
  { buffer, headersAt, headerCount }: RawRecord,
  logIdOf: (buffer: Buffer, at: number, end: number) => string,
): Headers | undefined {
  const found: Headers = { ...none }
  const cursor: Cursor = { buffer, at: headersAt }
  // One object for all headers of a record: they would be a dozen.
  const raw: RawHeader = { buffer, logIdOf, nameAt: 0, nameEnd: 0, at: 0, end: 0 }
  for (let i = 0; i < headerCount; i++) {
    const nameLength = readVarint(cursor)
    raw.nameAt = cursor.at
    cursor.at += nameLength
    raw.nameEnd = cursor.at
    const length = readVarint(cursor)
    raw.at = cursor.at
    if (length > 0) cursor.at += length
    raw.end = cursor.at
    readHeader(found, raw)
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
  readonly logIdOf: (buffer: Buffer, at: number, end: number) => string
  nameAt: number
  nameEnd: number
  at: number
  end: number
}

function readHeader(into: Headers, raw: RawHeader): void {
  const { buffer, at, end } = raw
  // By length first: most names are told apart by it, and this runs a dozen times for every record.
  switch (raw.nameEnd - raw.nameAt) {
    case header.seq.length:
      if (isNamed(raw, header.seq)) into.seq = readDecimal(buffer, at, end)
      break
    case header.id.length: // and logid
      if (isNamed(raw, header.id)) into.id = buffer.toString('latin1', at, end)
      else if (isNamed(raw, header.logId)) into.logId = raw.logIdOf(buffer, at, end)
      break
    case header.commit.length:
      if (isNamed(raw, header.commit)) into.commit = readDecimal(buffer, at, end)
      break
    case header.type.length: // and ce_time
      if (isNamed(raw, header.type)) into.type = buffer.toString('utf8', at, end)
      else if (isNamed(raw, header.time)) into.time = buffer.toString('latin1', at, end)
      break
    case header.traceparent.length:
      if (isNamed(raw, header.traceparent)) into.traceparent = buffer.toString('latin1', at, end)
      break
    case header.streamVersion.length: // and schemaversion
      if (isNamed(raw, header.streamVersion)) into.streamVersion = readDecimal(buffer, at, end)
      else if (isNamed(raw, header.schemaVersion)) into.schemaVersion = readDecimal(buffer, at, end)
      break
  }
}

/** Whether a header whose name is as long as this one has this name. For a few bytes a loop is faster than a call out of JavaScript. */
function isNamed({ buffer, nameAt }: RawHeader, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) if (buffer[nameAt + i] !== name[i]) return false
  return true
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
