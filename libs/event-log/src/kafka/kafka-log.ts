import type { EventRecord } from '@magasin/contracts/event-record'
import { takeGroup } from '../take-group.ts'
import type {
  EventLog,
  LogSubscription,
  ReadRequest,
  SubscribeRequest,
  TopicDescription,
  TopicSnapshot,
} from '../event-log.ts'
import { gapError } from '../take-in-order.ts'
import { Cluster, type KafkaOptions, type Offsets } from './cluster.ts'
import { describePartition, describeGroups } from './describe-topic.ts'
import { FetchPool } from './reading/fetch-pool.ts'
import { KafkaSubscription } from './kafka-subscription.ts'
import { OrderedReader } from './reading/ordered-reader.ts'
import { PartitionReader } from './reading/partition-reader.ts'
import { findLogId } from './topic-identity.ts'

/** The log that Kafka carries. */
export interface KafkaLog extends EventLog {
  /** How many records the subscriptions passed over because they are not of our making. */
  unrecognisedRecords(): number
}

/**
 * Opens the log on Kafka brokers. They need not be there: what is asked of them rejects with LOG_UNAVAILABLE, a subscription waits
 * for them, for ever. A topic that is not there yet is made by the first who subscribes to it or publishes into it.
 */
export function openKafkaLog(options: KafkaOptions): KafkaLog {
  return new LogOnKafka(new Cluster(options))
}

class LogOnKafka implements KafkaLog {
  readonly #cluster: Cluster
  readonly #pool: FetchPool
  readonly #groups = new Set<string>()
  readonly #subscriptions = new Set<KafkaSubscription>()
  #unrecognisedBefore = 0

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#pool = new FetchPool(cluster)
  }

  async snapshot(topic: string): Promise<TopicSnapshot> {
    const offsets = await this.#cluster.presentOffsetsOf(topic)
    const logId = await findLogId(this.#cluster, topic, offsets)
    return {
      topic,
      logId,
      partitions: offsets.map((_, partition) => partition),
      total: offsets.reduce((sum, { start, end }) => sum + end - start, 0),
      read: (request) => this.#read(topic, { ...request, logId, offsets: offsets[request.partition]! }),
    }
  }

  async snapshots(topics: readonly string[]): Promise<readonly TopicSnapshot[]> {
    const snapshots: TopicSnapshot[] = []
    for (const topic of topics) snapshots.push(await this.snapshot(topic))
    return snapshots
  }

  async subscribe(request: SubscribeRequest): Promise<LogSubscription> {
    const release = takeGroup(this.#groups, request.group)
    const subscription = new KafkaSubscription({ cluster: this.#cluster, pool: this.#pool, request })
    this.#subscriptions.add(subscription)
    const stop = async () => {
      await subscription.stop()
      if (!this.#subscriptions.delete(subscription)) return
      this.#unrecognisedBefore += subscription.unrecognised
      release()
    }
    try {
      await subscription.start()
    } catch (error) {
      await stop()
      throw error
    }
    return { describe: () => subscription.describe(), stop }
  }

  async describe(topic: string): Promise<TopicDescription> {
    const offsets = await this.#cluster.presentOffsetsOf(topic)
    const logId = await findLogId(this.#cluster, topic, offsets)
    const partitions = []
    for (const [partition, bounds] of offsets.entries())
      partitions.push(await describePartition(this.#cluster, { topic, partition, logId, bounds }))
    const groups = await describeGroups(this.#cluster, { topic, partitions })
    return { topic, logId, partitions, groups }
  }

  unrecognisedRecords(): number {
    return [...this.#subscriptions].reduce((sum, { unrecognised }) => sum + unrecognised, this.#unrecognisedBefore)
  }

  check(): Promise<void> {
    return this.#cluster.check()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()))
    await this.#cluster.close()
  }

  async *#read(
    topic: string,
    request: ReadRequest & { readonly logId: string | null; readonly offsets: Offsets },
  ): AsyncGenerator<readonly EventRecord[]> {
    const { partition, after = 0, upTo = Infinity, logId, offsets } = request
    const reader = new PartitionReader(this.#cluster, topic, partition)
    try {
      let ordered = after === 'floor' ? undefined : new OrderedReader({ topic, partition, logId, after })
      for await (const page of reader.pages(offsets.start, offsets.end)) {
        const floor = page.found.find(({ record }) => record !== undefined)?.record?.seq
        if (ordered === undefined && floor === undefined) continue
        ordered ??= new OrderedReader({ topic, partition, logId, after: floor! - 1 })
        const records = ordered.take(page).filter(({ seq }) => seq <= upTo)
        if (records.length > 0) yield records
        if (ordered.last >= upTo) return
      }
      const wasRemoved = offsets.start > 0 && ordered !== undefined && !ordered.hasSeenLast
      const isCutShort = ordered !== undefined && upTo !== Infinity && ordered.last < upTo
      if (ordered !== undefined && (ordered.isAtGap || wasRemoved || isCutShort))
        throw gapError({ topic, partition, seq: ordered.last + 1 })
    } finally {
      await reader.close()
    }
  }
}
