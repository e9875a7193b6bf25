import { recordOf, type EventTables } from './event-table.ts'
import type { EventRecord } from '@magasin/contracts/event-record'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { checkPosition } from '../check-position.ts'
import type {
  EventLog,
  LogSubscription,
  ReadRequest,
  SubscribeRequest,
  TopicDescription,
  TopicSnapshot,
} from '../event-log.ts'
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
// A subscriber can wait this long; a delivery then carries all that was recorded meanwhile, for one flush of the subscriber.
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

  async snapshot(topic: string): Promise<TopicSnapshot> {
    const ends = await this.#readEnds(topic)
    return {
      topic,
      logId: this.#logId,
      partitions: [...ends.keys()].toSorted((a, b) => a - b),
      total: [...ends.values()].reduce((sum, end) => sum + end, 0),
      read: (request) => this.#read(topic, { upTo: ends.get(request.partition) ?? 0, ...request }),
    }
  }

  async subscribe(request: SubscribeRequest): Promise<LogSubscription> {
    const { topic, group, positionOf } = request
    const logId = this.#logId
    const ends = await this.#readEnds(topic)
    for (const [partition, end] of ends)
      checkPosition(await positionOf(partition), { logId, group, topic, partition, end })
    const watcher = new EndWatcher({ readEnds: () => this.#readEnds(topic), onNews: this.#onNews, pollMs, restMs })
    const readPage = (from: PageRequest) => this.#readPage(from)
    const settle = () => this.#database.settle()
    const subscription = new TableSubscription(request, { partitions: ends, watcher, readPage, settle })
    this.#subscriptions.add(subscription)
    return {
      describe: () => subscription.describe(),
      stop: () => subscription.stop().finally(() => this.#subscriptions.delete(subscription)),
    }
  }

  async describe(topic: string): Promise<TopicDescription> {
    const ends = await this.#readEnds(topic)
    const inOrder = [...ends].toSorted(([a], [b]) => a - b)
    const partitions = await Promise.all(
      inOrder.map(async ([partition, end]) => ({
        partition,
        end,
        floor: (await this.#floorOf(topic, partition)) ?? end + 1,
        gapAt: await this.#gapIn(topic, partition, end),
        foreign: 0,
      })),
    )
    const groups = [...this.#subscriptions].filter((subscription) => subscription.topic === topic)
    return {
      topic,
      logId: this.#logId,
      partitions,
      groups: groups.map((subscription) => subscription.describe(ends)),
    }
  }

  check(): Promise<void> {
    return this.#database.check()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()))
  }

  async *#read(
    topic: string,
    { partition, after = 0, upTo }: ReadRequest & { readonly upTo: number },
  ): AsyncGenerator<readonly EventRecord[]> {
    const begin = after === 'floor' ? ((await this.#floorOf(topic, partition)) ?? 1) - 1 : after
    for (let last = begin; last < upTo;) {
      const page = await this.#readPage({ topic, partition, after: last, upTo, limit: pageSize })
      const { records, beyondHole } = takeNext(page, last)
      if (records.length > 0) yield records
      last += records.length
      if (beyondHole !== null || page.length === 0) throw gapError({ topic, partition, seq: last + 1 })
    }
  }

  async #readPage({ topic, partition, after, upTo, limit }: PageRequest): Promise<readonly EventRecord[]> {
    const query = this.#database.reader.selectFrom('events').selectAll().where('topic', '=', topic)
    const range = query.where('partition', '=', partition).where('seq', '>', after).where('seq', '<=', upTo)
    const rows = await range.orderBy('seq').limit(limit).execute()
    return rows.map((row) => recordOf(this.#logId, row))
  }

  async #readEnds(topic: string): Promise<Ends> {
    const query = this.#database.reader.selectFrom('partition_counters').selectAll().where('topic', '=', topic)
    return new Map((await query.execute()).map(({ partition, last_seq }) => [partition, last_seq]))
  }

  async #floorOf(topic: string, partition: number): Promise<number | null> {
    const query = this.#database.reader.selectFrom('events').select((eb) => eb.fn.min('seq').as('floor'))
    const row = await query.where('topic', '=', topic).where('partition', '=', partition).executeTakeFirst()
    return (row?.floor as number | null | undefined) ?? null
  }

  /** The first seq that is missing; looked for only where the count says that one is. */
  async #gapIn(topic: string, partition: number, end: number): Promise<number | null> {
    const query = this.#database.reader.selectFrom('events').select((eb) => eb.fn.countAll<number>().as('count'))
    const { count } = await query
      .where('topic', '=', topic)
      .where('partition', '=', partition)
      .executeTakeFirstOrThrow()
    if (Number(count) === end) return null
    let last = 0
    try {
      for await (const page of this.#read(topic, { partition, upTo: end })) last = page.at(-1)!.seq
    } catch (error) {
      if (!isMagasinError(error, 'LOG_GAP')) throw error
    }
    return last + 1
  }
}
