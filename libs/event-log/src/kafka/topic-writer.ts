import type { EventRecord } from '@magasin/contracts/event-record'
import { maxValueBytes } from '@magasin/contracts/catalogue'
import type { Broker, Connection } from '@platformatic/kafka'
import type { ByteWriter } from './protocol/byte-writer.ts'
import { requestTimeoutMs, type Cluster } from './cluster.ts'
import { logUnavailable } from './kafka-faults.ts'
import { produce } from './protocol/produce.ts'
import { createRecordEncoder } from './record-codec.ts'
import { writeBatch } from './protocol/write-batch.ts'

/** What one append carries for a partition before it takes one record more: with that one it stays below the 1 MB that a broker takes. */
export const mostBytesPerPartition = 1_000_000 - maxValueBytes - 10_000

// Key, headers and framing of a record of ours, generously.
const bytesBesideValue = 600

/** How much of `mostBytesPerPartition` a record takes. */
export const bytesOf = ({ value }: EventRecord): number => Buffer.byteLength(value) + bytesBesideValue

/** Where to write: the leader of each partition, and a connection to each leader. */
interface Route {
  readonly leaders: readonly Broker[]
  readonly connections: ReadonlyMap<Broker, Connection>
}

/**
 * Appends records of a log to a topic, one append at a time. Every append waits for all replicas; nothing is tried again here.
 */
export class TopicWriter {
  readonly #cluster: Cluster
  readonly #topic: string
  readonly #name: string
  readonly #write: (record: EventRecord, into: ByteWriter) => void
  #route: Route | undefined

  constructor(cluster: Cluster, { topic, logId }: { readonly topic: string; readonly logId: string }) {
    this.#cluster = cluster
    this.#topic = topic
    this.#name = cluster.nameOf(topic)
    this.#write = createRecordEncoder(logId)
  }

  /**
   * Appends records, those of a partition in the order given; resolves with the offset that the first one of each partition got.
   * Rejects with LOG_UNAVAILABLE: some of them may then be there all the same.
   */
  async append(records: readonly EventRecord[]): Promise<ReadonlyMap<number, number>> {
    try {
      const { leaders, connections } = await this.#findRoute()
      const byLeader = Map.groupBy(
        Map.groupBy(records, ({ partition }) => partition),
        ([one]) => leaders[one]!,
      )
      const answers = [...byLeader].map(([leader, partitions]) => {
        const batches = new Map(partitions.map(([one, some]) => [one, writeBatch(some, this.#write)]))
        return produce(connections.get(leader)!, { topic: this.#name, batches, timeoutMs: requestTimeoutMs })
      })
      return new Map((await Promise.all(answers)).flatMap((offsets) => [...offsets]))
    } catch (cause) {
      // Whatever it was, the next append finds the leaders anew.
      await this.close()
      throw logUnavailable(`writing into ${this.#name}`, this.#cluster.options.brokers, cause)
    }
  }

  async close(): Promise<void> {
    const connections = [...(this.#route?.connections.values() ?? [])]
    this.#route = undefined
    await Promise.allSettled(connections.map((connection) => connection.close()))
  }

  /** A broker closes a connection that was idle for long: that is no fault, and is noticed before anything is sent. */
  async #findRoute(): Promise<Route> {
    const known = this.#route
    if (known !== undefined && [...known.connections.values()].every((connection) => connection.isConnected()))
      return known
    await this.close()
    const leaders = await this.#cluster.leadersOf(this.#topic)
    const connections = new Map<Broker, Connection>()
    this.#route = { leaders, connections }
    for (const leader of new Set(leaders)) connections.set(leader, await this.#cluster.connect(leader))
    return this.#route
  }
}
