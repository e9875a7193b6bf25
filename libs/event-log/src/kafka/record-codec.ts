import { recordNames, type EventRecord } from '@magasin/contracts/event-record'
import { ByteWriter } from './protocol/byte-writer.ts'
import { readVarint, type Cursor, type RawRecord } from './protocol/read-batches.ts'

/**
 * The headers of a record: the CloudEvents binary binding for Kafka (v1.0.2), then what makes it a record of our log.
 * All of them are text; numbers are decimal.
 */
const names = {
  specVersion: 'ce_specversion',
  source: 'ce_source',
  eventId: recordNames.eventId.header,
  type: recordNames.type.header,
  time: recordNames.time.header,
  stream: recordNames.stream.header,
  logId: recordNames.logId.header,
  seq: recordNames.seq.header,
  commandNo: recordNames.commandNo.header,
  commandIndex: recordNames.commandIndex.header,
  streamVersion: recordNames.streamVersion.header,
  schemaVersion: recordNames.schemaVersion.header,
  causedBy: recordNames.causedBy.header,
  traceparent: recordNames.traceparent.header,
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
  // Every record has all of them but the last two.
  const leastHeaders = Object.keys(names).length - 2
  return (record, into) => {
    const { stream, value, causedBy, traceparent } = record
    const put = (name: Buffer, text: string): void => {
      into.raw(name)
      into.text(text)
    }
    into.text(stream)
    into.text(value)
    into.varint(leastHeaders + Number(causedBy !== null) + Number(traceparent !== null))
    into.raw(sameForAll)
    put(sizedHeader.eventId, record.eventId)
    put(sizedHeader.type, record.type)
    put(sizedHeader.time, record.time)
    put(sizedHeader.stream, stream)
    put(sizedHeader.seq, String(record.seq))
    put(sizedHeader.commandNo, String(record.commandNo))
    put(sizedHeader.commandIndex, String(record.commandIndex))
    put(sizedHeader.streamVersion, String(record.streamVersion))
    put(sizedHeader.schemaVersion, String(record.schemaVersion))
    if (causedBy !== null) put(sizedHeader.causedBy, causedBy)
    if (traceparent !== null) put(sizedHeader.traceparent, traceparent)
  }
}

/** A record while its headers are read. One object from the beginning: this runs for every record of a history. */
type Draft = { -readonly [Field in keyof EventRecord]: EventRecord[Field] }

/**
 * Reads the records of one partition back. Undefined for one that is not of our making: without our headers, or with some
 * that have not the form of ours. `topic` is our name for it.
 */
export function createRecordDecoder(topic: string, partition: number): (raw: RawRecord) => EventRecord | undefined {
  const texts = { logId: rememberText(), type: rememberText() }
  return (raw) => {
    const { buffer, keyAt, keyLength, valueAt, valueLength } = raw
    if (keyLength < 1 || valueLength < 0) return undefined
    const record: Draft = {
      logId: '',
      topic,
      partition,
      seq: 0,
      commandNo: 0,
      commandIndex: -1,
      eventId: '',
      type: '',
      stream: '',
      streamVersion: 0,
      schemaVersion: 0,
      time: '',
      causedBy: null,
      traceparent: null,
      value: '',
    }
    readHeaders(record, raw, texts)
    record.stream = buffer.toString('utf8', keyAt, keyAt + keyLength)
    if (!isOurs(record)) return undefined
    record.value = buffer.toString('utf8', valueAt, valueAt + valueLength)
    return record
  }
}

// What an event store writes has these forms. What has not would not fit into the columns of a store or a subscriber, which would try
// for ever.
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const utcTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const typeName = /^[\x21-\x7e]{1,100}$/
const streamName = /^[\x21-\x7e]{1,200}$/
// https://www.w3.org/TR/trace-context/: a later version may append to it.
const traceContext = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]{1,44})?$/

function isOurs(record: EventRecord): boolean {
  const { eventId, type, stream, time, logId, causedBy, traceparent } = record
  const { seq, commandNo, commandIndex, streamVersion, schemaVersion } = record
  const hasNumbers = seq > 0 && commandNo > 0 && commandIndex >= 0 && streamVersion > 0 && schemaVersion > 0
  return (
    hasNumbers &&
    uuid.test(eventId) &&
    uuid.test(logId) &&
    utcTime.test(time) &&
    typeName.test(type) &&
    streamName.test(stream) &&
    (causedBy === null || uuid.test(causedBy)) &&
    (traceparent === null || traceContext.test(traceparent))
  )
}

type ReadText = (buffer: Buffer, at: number, end: number) => string

/** Reads texts of which most are what the one before was: it is compared, and made anew only where it is another. */
function rememberText(): ReadText {
  let bytes = Buffer.alloc(0)
  let text = ''
  return (buffer, at, end) => {
    if (bytes.length !== end - at || !isSame(buffer, at, bytes)) {
      bytes = Buffer.from(buffer.subarray(at, end))
      text = bytes.toString()
    }
    return text
  }
}

interface Texts {
  readonly logId: ReadText
  readonly type: ReadText
}

function readHeaders(into: Draft, { buffer, headersAt, headerCount }: RawRecord, texts: Texts): void {
  const cursor: Cursor = { buffer, at: headersAt }
  // One object for all headers of a record: they would be a dozen.
  const raw: RawHeader = { buffer, texts, nameAt: 0, nameEnd: 0, at: 0, end: 0 }
  for (let i = 0; i < headerCount; i++) {
    const nameLength = readVarint(cursor)
    raw.nameAt = cursor.at
    cursor.at += nameLength
    raw.nameEnd = cursor.at
    const length = readVarint(cursor)
    raw.at = cursor.at
    if (length > 0) cursor.at += length
    raw.end = cursor.at
    readHeader(into, raw)
  }
}

interface RawHeader {
  readonly buffer: Buffer
  readonly texts: Texts
  nameAt: number
  nameEnd: number
  at: number
  end: number
}

function readHeader(into: Draft, raw: RawHeader): void {
  const { buffer, texts, nameAt, at, end } = raw
  const is = (name: Buffer): boolean => isSame(buffer, nameAt, name)
  // By length first: most names are told apart by it, and this runs a dozen times for every record.
  switch (raw.nameEnd - nameAt) {
    case header.seq.length:
      if (is(header.seq)) into.seq = readDecimal(buffer, at, end)
      break
    case header.eventId.length: // and logid
      if (is(header.eventId)) into.eventId = buffer.toString('latin1', at, end)
      else if (is(header.logId)) into.logId = texts.logId(buffer, at, end)
      break
    case header.type.length: // and ce_time
      if (is(header.type)) into.type = texts.type(buffer, at, end)
      else if (is(header.time)) into.time = buffer.toString('latin1', at, end)
      break
    case header.causedBy.length:
      if (is(header.causedBy)) into.causedBy = buffer.toString('latin1', at, end)
      break
    case header.commandNo.length:
      if (is(header.commandNo)) into.commandNo = readDecimal(buffer, at, end)
      break
    case header.traceparent.length:
      if (is(header.traceparent)) into.traceparent = buffer.toString('latin1', at, end)
      break
    case header.commandIndex.length:
      if (is(header.commandIndex)) into.commandIndex = readDecimal(buffer, at, end)
      break
    case header.streamVersion.length: // and schemaversion
      if (is(header.streamVersion)) into.streamVersion = readDecimal(buffer, at, end)
      else if (is(header.schemaVersion)) into.schemaVersion = readDecimal(buffer, at, end)
      break
  }
}

/** Whether these bytes are in a buffer at a place. For a few bytes a loop is faster than a call out of JavaScript. */
function isSame(buffer: Buffer, at: number, bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) if (buffer[at + i] !== bytes[i]) return false
  return true
}

const mostDigits = 15

/** A whole number of decimal digits, -1 for anything else. */
function readDecimal(buffer: Buffer, at: number, end: number): number {
  if (end <= at || end - at > mostDigits) return -1
  let value = 0
  for (let i = at; i < end; i++) {
    const digit = buffer[i]! - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}
