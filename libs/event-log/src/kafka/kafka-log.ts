import type { EventRecord } from '@magasin/contracts/event-record'
import { checkPosition } from '../check-position.ts'
import type {
  EventLog,
  LogSubscription,
  ReadRequest,
  SubscribeRequest,
  TopicDescription,
  TopicSnapshot,
} from '../event-log.ts'
import { isRefusal } from '@magasin/contracts/magasin-error'
import { gapError } from '../take-next.ts'
import { Cluster, type KafkaOptions, type Offsets } from './cluster.ts'
import { describePartition, describeGroups } from './describe-topic.ts'
import { KafkaSubscription } from './kafka-subscription.ts'
import { NextTaker } from './next-taker.ts'
import { PartitionReader } from './partition-reader.ts'
import { findLogId } from './topic-identity.ts'

/** The log that Kafka carries. */
export interface KafkaLog extends EventLog {
  /** How many records the subscriptions passed over because they are not of our making. */
  foreignRecords(): number
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
  readonly #subscriptions = new Set<KafkaSubscription>()
  #foreignBefore = 0

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  async snapshot(topic: string): Promise<TopicSnapshot> {
    const offsets = await this.#offsets(topic)
    const logId = await findLogId(this.#cluster, topic, offsets)
    return {
      topic,
      logId,
      partitions: offsets.map((_, partition) => partition),
      total: offsets.reduce((sum, { start, end }) => sum + end - start, 0),
      read: (request) => this.#read(topic, { ...request, logId, offsets: offsets[request.partition]! }),
    }
  }

  async subscribe(request: SubscribeRequest): Promise<LogSubscription> {
    try {
      await this.#cluster.prepare(request.topic)
      await this.#refuseForeign(request)
    } catch (error) {
      if (isRefusal(error)) throw error
      request.onFault(error, null)
    }
    const subscription = new KafkaSubscription(this.#cluster, request)
    this.#subscriptions.add(subscription)
    return {
      describe: () => subscription.describe(),
      stop: async () => {
        await subscription.stop()
        if (this.#subscriptions.delete(subscription)) this.#foreignBefore += subscription.foreign
      },
    }
  }

  async describe(topic: string): Promise<TopicDescription> {
    const offsets = await this.#offsets(topic)
    const logId = await findLogId(this.#cluster, topic, offsets)
    const partitions = []
    for (const [partition, bounds] of offsets.entries())
      partitions.push(await describePartition(this.#cluster, { topic, partition, logId, bounds }))
    const groups = await describeGroups(this.#cluster, { topic, partitions })
    return { topic, logId, partitions, groups }
  }

  foreignRecords(): number {
    return [...this.#subscriptions].reduce((sum, { foreign }) => sum + foreign, this.#foreignBefore)
  }

  check(): Promise<void> {
    return this.#cluster.check()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()))
    await this.#cluster.close()
  }

  /** Where a topic's partitions lie; a topic that is not there holds nothing. */
  async #offsets(topic: string): Promise<readonly Offsets[]> {
    if ((await this.#cluster.partitionsOf(topic)) > 0) return this.#cluster.offsetsOf(topic)
    return Array.from({ length: this.#cluster.definitionOf(topic).partitions }, () => ({ start: 0, end: 0 }))
  }

  async #refuseForeign({ topic, group, positionOf }: SubscribeRequest): Promise<void> {
    const offsets = await this.#offsets(topic)
    const logId = await findLogId(this.#cluster, topic, offsets)
    if (logId === null) return
    // A position beyond the end is none here: the relay may be behind, and it mends what a broker has lost.
    for (const partition of offsets.keys())
      checkPosition(await positionOf(partition), { logId, group, topic, partition, end: Infinity })
  }

  async *#read(
    topic: string,
    request: ReadRequest & { readonly logId: string | null; readonly offsets: Offsets },
  ): AsyncGenerator<readonly EventRecord[]> {
    const { partition, after = 0, upTo = Infinity, logId, offsets } = request
    const reader = new PartitionReader(this.#cluster, topic, partition)
    try {
      let taker = after === 'floor' ? undefined : new NextTaker({ topic, partition, logId, after })
      for await (const page of reader.pages(offsets.start, offsets.end)) {
        const floor = page.found.find(({ record }) => record !== undefined)?.record?.seq
        if (taker === undefined && floor === undefined) continue
        taker ??= new NextTaker({ topic, partition, logId, after: floor! - 1 })
        const records = taker.take(page).filter(({ seq }) => seq <= upTo)
        if (records.length > 0) yield records
        if (taker.last >= upTo) return
      }
      const wasRemoved = offsets.start > 0 && taker !== undefined && !taker.hasSeenLast
      const isCutShort = taker !== undefined && upTo !== Infinity && taker.last < upTo
      if (taker !== undefined && (taker.isAtHole || wasRemoved || isCutShort))
        throw gapError({ topic, partition, seq: taker.last + 1 })
    } finally {
      await reader.close()
    }
  }
}
