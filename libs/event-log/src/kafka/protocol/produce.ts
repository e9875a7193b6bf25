import { ProduceAcks, Writer, type Connection, type Reader } from '@platformatic/kafka'
import { ask } from './ask.ts'

export interface ProduceRequest {
  /** The topic's name on the broker. */
  readonly topic: string
  /** A record batch by partition; all of them led by the broker that is asked. */
  readonly batches: ReadonlyMap<number, Buffer>
  /** How long the broker may wait for its replicas. */
  readonly timeoutMs: number
}

const apiKey = 0
// The first version in the protocol's present encoding, which every broker of Kafka 2.4 to 4.x speaks.
const apiVersion = 9

/**
 * Produce (Kafka protocol, API key 0, version 9) of one batch for each partition, acknowledged by all replicas; resolves with the
 * offset that the first record of each got. Rejects when any partition took nothing: others may have. The client library's own takes
 * messages and makes some thirty buffers of each, which is most of the time that a record would take.
 */
export function produce(connection: Connection, request: ProduceRequest): Promise<ReadonlyMap<number, number>> {
  return ask(connection, { apiKey, apiVersion, write: () => write(request), read })
}

function write({ topic, batches, timeoutMs }: ProduceRequest): Writer {
  return Writer.create()
    .appendString(null) // The transaction.
    .appendInt16(ProduceAcks.ALL)
    .appendInt32(timeoutMs)
    .appendArray([topic], (writer, name) => {
      writer.appendString(name).appendArray([...batches], (inner, [partition, batch]) => {
        inner.appendInt32(partition).appendBytes(batch)
      })
    })
    .appendTaggedFields()
}

function read(reader: Reader): Map<number, number> {
  const topics = reader.readArray((ofTopic) => {
    ofTopic.readString()
    return ofTopic.readArray(readPartition)
  })
  return new Map(topics.flat())
}

function readPartition(reader: Reader): readonly [partition: number, base: number] {
  const partition = reader.readInt32()
  const errorCode = reader.readInt16()
  const base = Number(reader.readInt64())
  reader.readInt64() // The time of the append.
  reader.readInt64() // The first offset that is still there.
  reader.readArray((fault) => [fault.readInt32(), fault.readNullableString()])
  reader.readNullableString() // What the broker says about the error.
  if (errorCode !== 0) throw new Error(`error ${errorCode} of the Kafka protocol in partition ${partition}`)
  return [partition, base]
}
