import { recordOf, type EventTables } from '@magasin/contracts/event-tables'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { TopicName } from '@magasin/contracts/topics'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { checkPosition } from '../check-position.ts'
import type { EventLog, PartitionDescription, ReadRequest, SubscribeRequest } from '../event-log.ts'
import { gapError } from '../take-next.ts'
import { EndWatcher } from './end-watcher.ts'
import { TableSubscription } from './table-subscription.ts'

export interface TableLogOptions<Tables extends EventTables> {
  /** The store's database, for reading. */
  readonly database: SqlDatabase<Tables>
  /** Calls back after a commit of this process (`EventStore.onCommit`); without it only polling finds new events. */
  readonly onNews?: (listener: () => void) => () => void
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
  const { onNews = () => () => undefined } = options
  const { log_id: logId } = await database.reader.selectFrom('log_identity').selectAll().executeTakeFirstOrThrow()
  const subscriptions = new Set<TableSubscription>()

  const readPage = async (from: { topic: string; partition: number; after: number; upTo: number; limit: number }) => {
    const query = database.reader.selectFrom('events').selectAll().where('topic', '=', from.topic)
    const range = query
      .where('partition', '=', from.partition)
      .where('seq', '>', from.after)
      .where('seq', '<=', from.upTo)
    const rows = await range.orderBy('seq').limit(from.limit).execute()
    return rows.map((row) => recordOf(logId, row))
  }

  async function readEnds(topic: TopicName): Promise<ReadonlyMap<number, number>> {
    const rows = await database.reader.selectFrom('partition_counters').selectAll().where('topic', '=', topic).execute()
    return new Map(rows.map(({ partition, last_seq }) => [partition, last_seq]))
  }

  async function* read({ topic, partition, after = 0, upTo }: ReadRequest): AsyncGenerator<readonly EventRecord[]> {
    const end = upTo ?? (await readEnds(topic)).get(partition) ?? 0
    for (let last = after; last < end;) {
      const page = await readPage({ topic, partition, after: last, upTo: end, limit: pageSize })
      const whole = page.findIndex((record, i) => record.seq !== last + 1 + i)
      const next = whole === -1 ? page : page.slice(0, whole)
      if (next.length > 0) yield next
      last += next.length
      if (whole !== -1 || page.length === 0) throw gapError({ topic, partition, seq: last + 1 })
    }
  }

  async function floorOf(topic: TopicName, partition: number): Promise<number | null> {
    const query = database.reader.selectFrom('events').select((eb) => eb.fn.min('seq').as('floor'))
    const row = await query.where('topic', '=', topic).where('partition', '=', partition).executeTakeFirst()
    return (row?.floor as number | null | undefined) ?? null
  }

  async function describePartitions(topic: TopicName): Promise<PartitionDescription[]> {
    const ends = [...(await readEnds(topic))].toSorted(([a], [b]) => a - b)
    return Promise.all(
      ends.map(async ([partition, end]) => ({ partition, end, floor: (await floorOf(topic, partition)) ?? end + 1 })),
    )
  }

  async function subscribe(request: SubscribeRequest) {
    const { topic, group, positionOf } = request
    const ends = await readEnds(topic)
    for (const [partition, end] of ends)
      checkPosition(await positionOf(partition, logId), { logId, group, topic, partition, end })
    const watcher = new EndWatcher({ readEnds: () => readEnds(topic), onNews, pollMs, restMs })
    const subscription = new TableSubscription(request, { logId, partitions: [...ends.keys()], watcher, readPage })
    subscriptions.add(subscription)
    return { stop: () => subscription.stop().finally(() => subscriptions.delete(subscription)) }
  }

  return {
    read,
    subscribe,
    async describe(topic) {
      const partitions = await describePartitions(topic)
      const groups = [...subscriptions].filter((subscription) => subscription.topic === topic)
      return { topic, logId, partitions, groups: groups.map((subscription) => subscription.describe(partitions)) }
    },
    async close() {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()))
    },
  }
}
