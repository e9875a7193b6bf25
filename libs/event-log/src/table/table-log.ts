import type { EventRecord } from '@magasin/contracts/event-record'
import { isMagasinError, MagasinError } from '@magasin/contracts/magasin-error'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { takeGroup } from '../take-group.ts'
import type {
  EventLog,
  LogSubscription,
  PartitionDescription,
  PartitionRef,
  Positions,
  ReadRequest,
  SubscribeRequest,
  TopicDescription,
  TopicSnapshot,
} from '../event-log.ts'
import { noNews, type OnNews } from '../news.ts'
import { gapError, takeInOrder } from '../take-in-order.ts'
import { EndWatcher } from './end-watcher.ts'
import { EventTableReader, type Ends } from './event-table-reader.ts'
import type { EventTables } from './event-table.ts'
import { TableSubscription } from './table-subscription.ts'
import { checkPositions } from './table-source.ts'

export interface TableLogOptions<Tables extends EventTables> {
  /** The store's database, for reading. */
  readonly database: SqlDatabase<Tables>
  /** Calls back after a commit of this process (`EventStore.onCommit`); without it only polling finds new events. */
  readonly onNews?: OnNews
}

// Some hundred kB: a read takes about 2 ms, which is what it may keep the event loop of a service from its requests.
const maxPageSize = 1_000

/** The log that needs no broker: the event table itself, read where it was written. */
export async function openTableLog<Tables extends EventTables>(options: TableLogOptions<Tables>): Promise<EventLog> {
  const database = narrowDatabase<EventTables, Tables>(options.database)
  const { log_id: logId } = await database.reader.selectFrom('log_identity').selectAll().executeTakeFirstOrThrow()
  return new TableLog(new EventTableReader(database, logId), options.onNews ?? noNews)
}

class TableLog implements EventLog {
  readonly #table: EventTableReader
  readonly #watcher: EndWatcher
  readonly #groups = new Set<string>()
  readonly #subscriptions = new Set<TableSubscription>()

  constructor(table: EventTableReader, onNews: OnNews) {
    this.#table = table
    this.#watcher = new EndWatcher({ readEnds: (topics) => table.ends(topics), onNews })
  }

  async snapshot(topic: string): Promise<TopicSnapshot> {
    return this.#snapshotAt(topic, await this.#endsOf(topic))
  }

  /** One statement reads all ends: that is what makes it one moment. */
  async snapshots(topics: readonly string[]): Promise<readonly TopicSnapshot[]> {
    const ends = await this.#table.ends(topics)
    return topics.map((topic) => this.#snapshotAt(topic, inOrder(ends.get(topic))))
  }

  async subscribe(request: SubscribeRequest): Promise<LogSubscription> {
    const release = takeGroup(this.#groups, request.group)
    try {
      return await this.#subscribe(request, release)
    } catch (error) {
      release()
      throw error
    }
  }

  async describe(topic: string): Promise<TopicDescription> {
    const ends = await this.#endsOf(topic)
    const partitions = [...ends].map(([partition, end]) => this.#describePartition({ topic, partition }, end))
    const groups = [...this.#subscriptions].map((subscription) => subscription.describe())
    return {
      topic,
      logId: this.#table.logId,
      partitions: await Promise.all(partitions),
      groups: groups.flatMap(({ group, partitions: all }) => {
        const ofTopic = all.filter((one) => one.topic === topic)
        // The ends as they are now, not as the subscription last saw them.
        const now = ofTopic.map((one) => ({ ...one, lag: Math.max(0, (ends.get(one.partition) ?? 0) - one.seq) }))
        return now.length === 0 ? [] : [{ group, partitions: now }]
      }),
    }
  }

  check(): Promise<void> {
    return this.#table.check()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()))
    await this.#watcher.close()
  }

  async #subscribe(request: SubscribeRequest, release: () => void): Promise<LogSubscription> {
    const { topics, group, positionsOf, onAssigned } = request
    const ends = await this.#table.ends(topics)
    const missing = topics.find((topic) => !ends.has(topic))
    if (missing !== undefined)
      throw new MagasinError('CONFIG_INVALID', `${group} subscribes to ${missing}, and this store has no such topic`)
    const positions = new Map<string, Positions>()
    for (const topic of topics) {
      const ofTopic = await positionsOf(topic)
      await checkPositions(this.#table, { group, topic, positions: ofTopic })
      positions.set(topic, ofTopic)
    }
    const partitions = [...ends].flatMap(([topic, ofTopic]) =>
      [...ofTopic.keys()].toSorted((a, b) => a - b).map((partition): PartitionRef => ({ topic, partition })),
    )
    const unwatch = this.#watcher.watch(ends)
    const onStopped = () => {
      if (!this.#subscriptions.delete(subscription)) return
      unwatch()
      release()
    }
    const from = { table: this.#table, watcher: this.#watcher, partitions, positions, onStopped }
    const subscription = new TableSubscription(request, from)
    this.#subscriptions.add(subscription)
    onAssigned?.(partitions)
    return subscription
  }

  async #endsOf(topic: string): Promise<Ends> {
    return inOrder((await this.#table.ends([topic])).get(topic))
  }

  #snapshotAt(topic: string, ends: Ends): TopicSnapshot {
    return {
      topic,
      logId: this.#table.logId,
      partitions: [...ends.keys()],
      total: [...ends.values()].reduce((sum, end) => sum + end, 0),
      read: (request) => this.#read(topic, { upTo: ends.get(request.partition) ?? 0, ...request }),
    }
  }

  async #describePartition(at: PartitionRef, end: number): Promise<PartitionDescription> {
    const floor = (await this.#table.floor(at)) ?? end + 1
    return { partition: at.partition, end, floor, gapAt: await this.#gapIn(at, end), unrecognised: 0 }
  }

  async *#read(
    topic: string,
    { partition, after = 0, upTo, pageSize = maxPageSize }: ReadRequest & { readonly upTo: number },
  ): AsyncGenerator<readonly EventRecord[]> {
    const at = { topic, partition }
    const begin = after === 'floor' ? ((await this.#table.floor(at)) ?? 1) - 1 : after
    for (let last = begin; last < upTo;) {
      const page = await this.#table.page({ ...at, after: last, upTo, limit: Math.min(pageSize, maxPageSize) })
      const { records, beyondGap } = takeInOrder(page, last)
      if (records.length > 0) yield records
      last += records.length
      if (beyondGap !== null || page.length === 0) throw gapError({ ...at, seq: last + 1 })
    }
  }

  /** The first seq that is missing; looked for only if the count says that one is. */
  async #gapIn(at: PartitionRef, end: number): Promise<number | null> {
    if ((await this.#table.count(at)) === end) return null
    let last = 0
    try {
      for await (const page of this.#read(at.topic, { partition: at.partition, upTo: end })) last = page.at(-1)!.seq
    } catch (error) {
      if (!isMagasinError(error, 'LOG_GAP')) throw error
    }
    return last + 1
  }
}

/** By partition; nothing of a topic that the store does not have. */
function inOrder(ends: Ends = new Map()): Ends {
  return new Map([...ends].toSorted(([a], [b]) => a - b))
}
