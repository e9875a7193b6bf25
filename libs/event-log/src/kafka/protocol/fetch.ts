import { Writer, type Connection, type Reader } from '@platformatic/kafka'
import { ask } from './ask.ts'

/** What one fetch of one partition answers. */
export interface FetchAnswer {
  /** 0, or a code of the protocol. */
  readonly errorCode: number
  /** The first offset that is still there. */
  readonly start: number
  /** The offset that the next record will get: nothing at or behind it can be read yet. */
  readonly end: number
  /** Record batches as they are on the broker's disk; the last one may be cut off. */
  readonly batches: Buffer
}

export interface FetchRequest {
  /** The topic's name on the broker. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** How long the broker may wait for something new. */
  readonly maxWaitMs: number
  readonly maxBytes: number
}

const apiKey = 1
// The last version that names topics, which every broker of Kafka 2.7 to 4.x speaks; later ones need the topic's id.
const apiVersion = 12
const noSession = { id: 0, epoch: -1 }
const consumerReplica = -1

/**
 * Fetch (Kafka protocol, API key 1, version 12) of one partition, without a session and without a group, answering the record
 * batches as bytes. The client library's own fetch decodes them and drops the checksum unread, and that is what we are after.
 */
export function fetchPartition(connection: Connection, request: FetchRequest): Promise<FetchAnswer> {
  return ask(connection, { apiKey, apiVersion, write: () => write(request), read })
}

function write({ topic, partition, offset, maxWaitMs, maxBytes }: FetchRequest): Writer {
  const minBytes = 1
  const readUncommitted = 0
  return Writer.create()
    .appendInt32(consumerReplica)
    .appendInt32(maxWaitMs)
    .appendInt32(minBytes)
    .appendInt32(maxBytes)
    .appendInt8(readUncommitted)
    .appendInt32(noSession.id)
    .appendInt32(noSession.epoch)
    .appendArray([topic], (writer, name) => {
      writer.appendString(name).appendArray([partition], (inner, index) => {
        inner
          .appendInt32(index)
          .appendInt32(-1) // The leader's epoch: not known, not checked.
          .appendInt64(BigInt(offset))
          .appendInt32(-1) // The last fetched epoch: the same.
          .appendInt64(-1n) // The log's start: for followers only.
          .appendInt32(maxBytes)
      })
    })
    .appendArray([], () => undefined) // Topics to forget: there is no session.
    .appendString('') // The rack.
    .appendTaggedFields()
}

function read(reader: Reader): FetchAnswer {
  reader.readInt32() // Throttling.
  const errorCode = reader.readInt16()
  reader.readInt32() // The session's id.
  const topics = reader.readArray((ofTopic) => {
    ofTopic.readString()
    return ofTopic.readArray(readPartition, true, true)[0]!
  })
  const answer = topics[0] ?? { errorCode, start: 0, end: 0, batches: Buffer.alloc(0) }
  return errorCode === 0 ? answer : { ...answer, errorCode }
}

function readPartition(reader: Reader): FetchAnswer {
  reader.readInt32() // The partition.
  const errorCode = reader.readInt16()
  const end = Number(reader.readInt64())
  reader.readInt64() // The last stable offset: for transactions.
  const start = Number(reader.readInt64())
  reader.readNullableArray((aborted) => [aborted.readInt64(), aborted.readInt64()])
  reader.readInt32() // The replica to prefer.
  const batches = reader.readNullableBytes() ?? Buffer.alloc(0)
  return { errorCode, start, end, batches }
}
