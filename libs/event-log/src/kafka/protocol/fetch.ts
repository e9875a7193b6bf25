import { Writer, type Connection, type Reader } from '@platformatic/kafka'
import { ask } from './ask.ts'

/** What a fetch answers of one partition. */
export interface FetchAnswer {
  /** 0, or a code of the protocol. */
  readonly errorCode: number
  /** The first offset that is still there. */
  readonly start: number
  /** The offset that the next record will get: nothing at or after it can be read yet. */
  readonly end: number
  /** Record batches as they are on the broker's disk; the last one may be cut off. */
  readonly batches: Buffer
}

/** A partition to be read from an offset. */
export interface PartitionFetch {
  /** The topic's name on the broker. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** The broker gives one batch at least, if it is the first that it gives, and else no more than these. */
  readonly maxBytes: number
}

export interface FetchRequest {
  /** The broker fills its answer in this order. */
  readonly partitions: readonly PartitionFetch[]
  /** How long the broker may wait for something new in any of them. */
  readonly maxWaitMs: number
  /** Of all partitions together. */
  readonly maxBytes: number
}

const apiKey = 1
// The last version that names topics, which every broker of Kafka 2.7 to 4.x speaks; later ones need the topic's id.
const apiVersion = 12
const noSession = { id: 0, epoch: -1 }
const consumerReplica = -1

/**
 * Fetch (Kafka protocol, API key 1, version 12), without a session and without a group. It answers, for each partition in the order
 * asked for, the record batches as bytes. The client library's own fetch decodes them and drops the checksum unread; we need it.
 */
export async function fetchPartitions(connection: Connection, request: FetchRequest): Promise<readonly FetchAnswer[]> {
  const answer = await ask(connection, { apiKey, apiVersion, write: () => write(request), read })
  const found = new Map(answer.partitions.map((one) => [`${one.topic}/${one.partition}`, one]))
  return request.partitions.map(({ topic, partition }) => {
    const { errorCode } = answer
    const none = {
      errorCode: errorCode === 0 ? unknownServerError : errorCode,
      start: 0,
      end: 0,
      batches: Buffer.alloc(0),
    }
    return errorCode === 0 ? (found.get(`${topic}/${partition}`) ?? none) : none
  })
}

// What a partition that a broker did not answer for is said to have met: UNKNOWN_SERVER_ERROR.
const unknownServerError = -1

function write({ partitions, maxWaitMs, maxBytes }: FetchRequest): Writer {
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
    .appendArray(inRuns(partitions), (writer, run) => {
      writer.appendString(run[0]!.topic).appendArray(run, writePartition)
    })
    .appendArray([], () => undefined) // Topics to forget: there is no session.
    .appendString('') // The rack.
    .appendTaggedFields()
}

/** Neighbours of one topic go together: so the order is kept. */
function inRuns(partitions: readonly PartitionFetch[]): PartitionFetch[][] {
  const runs: PartitionFetch[][] = []
  for (const one of partitions) {
    const run = runs.at(-1)
    if (run?.[0]?.topic === one.topic) run.push(one)
    else runs.push([one])
  }
  return runs
}

function writePartition(writer: Writer, { partition, offset, maxBytes }: PartitionFetch): void {
  writer
    .appendInt32(partition)
    .appendInt32(-1) // The leader's epoch: not known, not checked.
    .appendInt64(BigInt(offset))
    .appendInt32(-1) // The last fetched epoch: the same.
    .appendInt64(-1n) // The log's start: for followers only.
    .appendInt32(maxBytes)
}

interface NamedAnswer extends FetchAnswer {
  readonly topic: string
  readonly partition: number
}

function read(reader: Reader): { readonly errorCode: number; readonly partitions: readonly NamedAnswer[] } {
  reader.readInt32() // Throttling.
  const errorCode = reader.readInt16()
  reader.readInt32() // The session's id.
  const topics = reader.readArray((ofTopic) => {
    const topic = ofTopic.readString()
    return ofTopic.readArray((one) => readPartition(one, topic), true, true)
  })
  return { errorCode, partitions: topics.flat() }
}

function readPartition(reader: Reader, topic: string): NamedAnswer {
  const partition = reader.readInt32()
  const errorCode = reader.readInt16()
  const end = Number(reader.readInt64())
  reader.readInt64() // The last stable offset: for transactions.
  const start = Number(reader.readInt64())
  reader.readNullableArray((aborted) => [aborted.readInt64(), aborted.readInt64()])
  reader.readInt32() // The replica to prefer.
  const batches = reader.readNullableBytes() ?? Buffer.alloc(0)
  return { topic, partition, errorCode, start, end, batches }
}
