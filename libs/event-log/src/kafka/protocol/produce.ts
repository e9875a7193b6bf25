import { ProduceAcks, Writer, type Connection, type Reader } from '@platformatic/kafka'
import { ask } from './ask.ts'

/** A record batch for one partition. */
export interface ProducedBatch {
  readonly partition: number
  readonly bytes: Buffer
}

export interface ProduceRequest {
  /** Batches by the topic's name on the broker, one for each partition; the broker that is asked leads all of these partitions. */
  readonly topics: ReadonlyMap<string, readonly ProducedBatch[]>
  /** How long the broker may wait for its replicas. */
  readonly timeoutMs: number
}

/** What became of one batch. */
export interface ProduceAnswer {
  /** The topic's name on the broker. */
  readonly topic: string
  readonly partition: number
  /** 0, or a code of the protocol: then the partition took nothing. */
  readonly errorCode: number
  /** The offset that the first record got. */
  readonly base: number
}

const apiKey = 0
// The first version in the protocol's present encoding, which every broker of Kafka 2.4 to 4.x speaks.
const apiVersion = 9

/**
 * Produce (Kafka protocol, API key 0, version 9) of one batch for each partition of any topics, acknowledged by all replicas.
 * Resolves with an answer for each batch. The client library's own takes messages and makes some thirty buffers of each, which is most
 * of the time that a record would take.
 */
export function produce(connection: Connection, request: ProduceRequest): Promise<readonly ProduceAnswer[]> {
  return ask(connection, { apiKey, apiVersion, write: () => write(request), read })
}

function write({ topics, timeoutMs }: ProduceRequest): Writer {
  return Writer.create()
    .appendString(null) // The transaction.
    .appendInt16(ProduceAcks.ALL)
    .appendInt32(timeoutMs)
    .appendArray([...topics], (writer, [topic, batches]) => {
      writer.appendString(topic).appendArray([...batches], (inner, { partition, bytes }) => {
        inner.appendInt32(partition).appendBytes(bytes)
      })
    })
    .appendTaggedFields()
}

function read(reader: Reader): readonly ProduceAnswer[] {
  const topics = reader.readArray((ofTopic) => {
    const topic = ofTopic.readString()
    return ofTopic.readArray((ofPartition) => readPartition(topic, ofPartition))
  })
  return topics.flat()
}

function readPartition(topic: string, reader: Reader): ProduceAnswer {
  const partition = reader.readInt32()
  const errorCode = reader.readInt16()
  const base = Number(reader.readInt64())
  reader.readInt64() // The time of the append.
  reader.readInt64() // The first offset that is still there.
  reader.readArray((fault) => [fault.readInt32(), fault.readNullableString()])
  reader.readNullableString() // What the broker says about the error.
  return { topic, partition, errorCode, base }
}
