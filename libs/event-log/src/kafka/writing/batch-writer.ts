import type { EventRecord } from '@magasin/contracts/event-record'
import type { MagasinError } from '@magasin/contracts/magasin-error'
import { maxValueBytes } from '@magasin/contracts/catalogue'
import type { Broker, Connection } from '@platformatic/kafka'
import type { ByteWriter } from '../protocol/byte-writer.ts'
import { requestTimeoutMs, type Cluster } from '../cluster.ts'
import { logUnavailable } from '../kafka-faults.ts'
import { produce, type ProduceAnswer, type ProducedBatch } from '../protocol/produce.ts'
import { createRecordEncoder } from '../record-codec.ts'
import { writeBatch } from '../protocol/write-batch.ts'

/** What one append carries for a partition before it takes one record more: with that one it stays below the 1 MB that a broker takes. */
export const mostBytesPerPartition = 1_000_000 - maxValueBytes - 10_000

/** What a record of ours takes at most beside its texts: the other headers, their names, and the framing. */
export const bytesBesideTexts = 600

/** How much of `mostBytesPerPartition` a record takes at most. The stream is its key, and a header, too. */
export const bytesOf = ({ value, stream, type, traceparent }: EventRecord): number =>
  Buffer.byteLength(value) + 2 * Buffer.byteLength(stream) + type.length + (traceparent?.length ?? 0) + bytesBesideTexts

/** The next records of one partition, in order; never none. */
export interface PartitionBatch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly EventRecord[]
}

/** Where a batch came to lie. */
export interface AppendedBatch extends Pick<PartitionBatch, 'topic' | 'partition'> {
  /** The offset that the first record got. */
  readonly base: number
}

/** What became of an append. */
export interface Appended {
  readonly batches: readonly AppendedBatch[]
  /** LOG_UNAVAILABLE by topic: some of its batches may be on the broker all the same. */
  readonly failures: ReadonlyMap<string, MagasinError>
}

/**
 * Appends records of a log to its topics, one append at a time: one request to each broker, whatever the number of topics. Every append
 * waits for all replicas, and nothing is tried again here. A topic that fails does not keep the others from being written.
 */
export class BatchWriter {
  readonly #cluster: Cluster
  readonly #write: (record: EventRecord, into: ByteWriter) => void
  /** The broker that leads each partition, by topic. */
  readonly #leaders = new Map<string, readonly Broker[]>()
  /** By `host:port`. */
  readonly #connections = new Map<string, Connection>()

  constructor(cluster: Cluster, { logId }: { readonly logId: string }) {
    this.#cluster = cluster
    this.#write = createRecordEncoder(logId)
  }

  /** Appends batches, one for each partition; never rejects. */
  async append(batches: readonly PartitionBatch[]): Promise<Appended> {
    const failures = new Map<string, MagasinError>()
    const topics = [...new Set(batches.map(({ topic }) => topic))]
    const fail = (topic: string, cause: unknown) => void failures.set(topic, this.#failed(topic, cause))
    await Promise.all(topics.map((topic) => this.#findLeaders(topic).catch((cause) => fail(topic, cause))))
    const leaderOf = ({ topic, partition }: PartitionBatch): Broker => this.#leaders.get(topic)![partition]!
    const led = batches.filter(({ topic }) => !failures.has(topic))
    const requests = [...Map.groupBy(led, (batch) => addressOf(leaderOf(batch))).values()].map(async (some) => {
      try {
        return await this.#send(leaderOf(some[0]!), some)
      } catch (cause) {
        for (const { topic } of some) fail(topic, cause)
        return []
      }
    })
    const answers = (await Promise.all(requests)).flat()
    for (const { topic, partition, errorCode } of answers)
      if (errorCode !== 0) fail(topic, new Error(`error ${errorCode} of the Kafka protocol in partition ${partition}`))
    // A batch of which the broker says nothing must not be taken for sent.
    for (const batch of led)
      if (!failures.has(batch.topic) && !answers.some((answer) => isOf(batch, answer)))
        fail(batch.topic, new Error(`no answer about partition ${batch.partition}`))
    return { batches: answers.filter(({ errorCode }) => errorCode === 0), failures }
  }

  async close(): Promise<void> {
    const connections = [...this.#connections.values()]
    this.#connections.clear()
    this.#leaders.clear()
    await Promise.allSettled(connections.map((connection) => connection.close()))
  }

  /** Whatever it was, the next append finds the topic's leaders anew. */
  #failed(topic: string, cause: unknown): MagasinError {
    this.#leaders.delete(topic)
    return logUnavailable(`writing into ${this.#cluster.nameOf(topic)}`, this.#cluster.options.brokers, cause)
  }

  async #findLeaders(topic: string): Promise<void> {
    if (!this.#leaders.has(topic)) this.#leaders.set(topic, await this.#cluster.leadersOf(topic))
  }

  /** Sends one request to one broker; resolves with its answers, topics by our names for them. */
  async #send(broker: Broker, batches: readonly PartitionBatch[]): Promise<readonly ProduceAnswer[]> {
    const names = new Map<string, string>()
    const topics = new Map<string, ProducedBatch[]>()
    for (const { topic, partition, records } of batches) {
      const name = this.#cluster.nameOf(topic)
      names.set(name, topic)
      const ofTopic = topics.get(name) ?? []
      ofTopic.push({ partition, bytes: writeBatch(records, this.#write) })
      topics.set(name, ofTopic)
    }
    try {
      const answers = await produce(await this.#connectTo(broker), { topics, timeoutMs: requestTimeoutMs })
      return answers.map((answer) => ({ ...answer, topic: names.get(answer.topic)! }))
    } catch (cause) {
      // Not waited for: a broker that hangs does not take what is left to send either.
      this.#connections
        .get(addressOf(broker))
        ?.close()
        .catch(() => undefined)
      this.#connections.delete(addressOf(broker))
      throw cause
    }
  }

  /** A broker closes a connection that was idle for long: that is no fault, and is noticed before anything is sent. */
  async #connectTo(broker: Broker): Promise<Connection> {
    const known = this.#connections.get(addressOf(broker))
    if (known?.isConnected() === true) return known
    const connection = await this.#cluster.connect(broker)
    this.#connections.set(addressOf(broker), connection)
    return connection
  }
}

const isOf = ({ topic, partition }: PartitionBatch, answer: ProduceAnswer): boolean =>
  answer.topic === topic && answer.partition === partition

const addressOf = ({ host, port }: Broker): string => `${host}:${port}`
