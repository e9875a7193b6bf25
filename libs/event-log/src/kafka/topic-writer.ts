import type { EventRecord } from '@magasin/contracts/event-record'
import { maxValueBytes } from '@magasin/contracts/event-codec'
import type { TopicName } from '@magasin/contracts/topics'
import { ProduceAcks, Producer } from '@platformatic/kafka'
import { clientOptions, type Cluster } from './cluster.ts'
import { logUnavailable } from './kafka-faults.ts'
import { createRecordEncoder, type ProducedRecord } from './record-codec.ts'

/** What one append carries for a partition before it takes one record more: with that one it stays below the 1 MB that a broker takes. */
export const mostBytesPerPartition = 1_000_000 - maxValueBytes - 10_000

// Key, headers and framing of a record of ours, generously.
const bytesBesideValue = 600

/** How much of `mostBytesPerPartition` a record takes. */
export const bytesOf = ({ value }: EventRecord): number => Buffer.byteLength(value) + bytesBesideValue

/** Appends records of a log to a topic. Every append waits for all replicas; nothing is tried again here. */
export class TopicWriter {
  readonly #cluster: Cluster
  readonly #name: string
  readonly #producer: Producer<Buffer, Buffer, Buffer, Buffer>
  readonly #encode: (record: EventRecord) => ProducedRecord

  constructor(cluster: Cluster, { topic, logId }: { readonly topic: TopicName; readonly logId: string }) {
    this.#cluster = cluster
    this.#name = cluster.nameOf(topic)
    this.#encode = createRecordEncoder(this.#name, logId)
    this.#producer = new Producer(clientOptions(cluster.options))
  }

  /**
   * Appends records, those of a partition in the order given; resolves with the offset that the first one of each partition got.
   * Rejects with LOG_UNAVAILABLE: some of them may then be there all the same.
   */
  async append(records: readonly EventRecord[]): Promise<ReadonlyMap<number, number>> {
    try {
      const { offsets = [] } = await this.#producer.send({
        messages: records.map(this.#encode),
        acks: ProduceAcks.ALL,
        idempotent: false,
        autocreateTopics: false,
        repeatOnStaleMetadata: false,
      })
      return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]))
    } catch (cause) {
      this.#producer.clearMetadata()
      throw logUnavailable(`writing into ${this.#name}`, this.#cluster.options.brokers, cause)
    }
  }

  async close(): Promise<void> {
    await this.#producer.close().catch(() => undefined)
  }
}
