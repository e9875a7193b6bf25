import { recordOf, type EventTables } from '@magasin/contracts/event-tables'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { TopicName } from '@magasin/contracts/topics'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { checkPosition } from '../check-position.ts'
import type { EventLog, LogSubscription, ReadRequest, SubscribeRequest, TopicDescription } from '../event-log.ts'
import { gapError, takeNext } from '../take-next.ts'
import { EndWatcher, type Ends } from './end-watcher.ts'
import { TableSubscription, type PageRequest } from './table-subscription.ts'

/** Takes a listener; returns how to take it away again. */
type OnNews = (listener: () => void) => () => void

export interface TableLogOptions<Tables extends EventTables> {
  /** The store's database, for reading. */
  readonly database: SqlDatabase<Tables>
  /** Calls back after a commit of this process (`EventStore.onCommit`); without it only polling finds new events. */
  readonly onNews?: OnNews
}

// Some hundred kB: a read takes about 2 ms, which is what it may keep the event loop of a service from its requests.
const pageSize = 1_000
// Events of another process (a command of the CLI) reach subscribers within this time.
const pollMs = 250
// An e-mail can wait this long; a delivery then carries all that was recorded meanwhile, for one flush of the subscriber.
const restMs = 40

/** The log that needs no broker: the event table itself, read where it was written. */
export async function openTableLog<Tables extends EventTables>(options: TableLogOptions<Tables>): Promise<EventLog> {
  const database = narrowDatabase<EventTables, Tables>(options.database)
  const { log_id: logId } = await database.reader.selectFrom('log_identity').selectAll().executeTakeFirstOrThrow()
  return new TableLog(database, logId, options.onNews)
}

class TableLog implements EventLog {
  readonly #database: SqlDatabase<EventTables>
  readonly #logId: string
  readonly #onNews: OnNews
  readonly #subscriptions = new Set<TableSubscription>()

  constructor(database: SqlDatabase<EventTables>, logId: string, onNews: OnNews = () => () => undefined) {
    this.#database = database
    this.#logId = logId
    this.#onNews = onNews
  }

  async *read({ topic, partition, after = 0, upTo }: ReadRequest): AsyncGenerator<readonly EventRecord[]> {
    const end = upTo ?? (await this.#readEnds(topic)).get(partition) ?? 0
    for (let last = after; last < end;) {
      const page = await this.#readPage({ topic, partition, after: last, upTo: end, limit: pageSize })
      const { records, beyondHole } = takeNext(page, last)
      if (records.length > 0) yield records
      last += records.length
      if (beyondHole !== null || page.length === 0) throw gapError({ topic, partition, seq: last + 1 })
    }
  }

  async subscribe(request: SubscribeRequest): Promise<LogSubscription> {
    const { topic, group, positionOf } = request
    const logId = this.#logId
    const ends = await this.#readEnds(topic)
    for (const [partition, end] of ends)
      checkPosition(await positionOf(partition, logId), { logId, group, topic, partition, end })
    const watcher = new EndWatcher({ readEnds: () => this.#readEnds(topic), onNews: this.#onNews, pollMs, restMs })
    const readPage = (from: PageRequest) => this.#readPage(from)
    const subscription = new TableSubscription(request, { logId, partitions: [...ends.keys()], watcher, readPage })
    this.#subscriptions.add(subscription)
    return { stop: () => subscription.stop().finally(() => this.#subscriptions.delete(subscription)) }
  }

  async describe(topic: TopicName): Promise<TopicDescription> {
    const ends = [...(await this.#readEnds(topic))].toSorted(([a], [b]) => a - b)
    const partitions = await Promise.all(
      ends.map(async ([partition, end]) => ({
        partition,
        end,
        floor: (await this.#floorOf(topic, partition)) ?? end + 1,
      })),
    )
    const groups = [...this.#subscriptions].filter((subscription) => subscription.topic === topic)
    return {
      topic,
      logId: this.#logId,
      partitions,
      groups: groups.map((subscription) => subscription.describe(partitions)),
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()))
  }

  async #readPage({ topic, partition, after, upTo, limit }: PageRequest): Promise<readonly EventRecord[]> {
    const query = this.#database.reader.selectFrom('events').selectAll().where('topic', '=', topic)
    const range = query.where('partition', '=', partition).where('seq', '>', after).where('seq', '<=', upTo)
    const rows = await range.orderBy('seq').limit(limit).execute()
    return rows.map((row) => recordOf(this.#logId, row))
  }

  async #readEnds(topic: TopicName): Promise<Ends> {
    const query = this.#database.reader.selectFrom('partition_counters').selectAll().where('topic', '=', topic)
    return new Map((await query.execute()).map(({ partition, last_seq }) => [partition, last_seq]))
  }

  async #floorOf(topic: TopicName, partition: number): Promise<number | null> {
    const query = this.#database.reader.selectFrom('events').select((eb) => eb.fn.min('seq').as('floor'))
    const row = await query.where('topic', '=', topic).where('partition', '=', partition).executeTakeFirst()
    return (row?.floor as number | null | undefined) ?? null
  }
}
