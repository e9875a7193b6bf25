import type { EventRecord } from '@magasin/contracts/event-record'
import type { MagasinError } from '@magasin/contracts/magasin-error'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Kysely, Transaction } from 'kysely'
import type { SubscriberTables } from './tables.ts'

/** A parked event, as an operator sees it. */
export interface ParkedEvent {
  readonly group: string
  readonly record: EventRecord
  /** Why; null for one that waits behind another of its stream. */
  readonly reason: { readonly code: string; readonly message: string } | null
  readonly attempts: number
  readonly parkedAt: string
  /** Somebody asked for it to be delivered again, and that is still to come. */
  readonly isRedriving: boolean
}

export interface ParkedFilter {
  readonly group?: string | undefined
  readonly stream?: string | undefined
}

/** Which of these streams of a topic have parked events: what follows in them has to wait. */
export async function parkedStreams(
  tx: Transaction<SubscriberTables>,
  { group, topic, streams }: { readonly group: string; readonly topic: string; readonly streams: readonly string[] },
): Promise<ReadonlySet<string>> {
  const query = tx.selectFrom('parked_events').select('stream').distinct().where('group_name', '=', group)
  const rows = await query.where('topic', '=', topic).where('stream', 'in', streams).execute()
  return new Set(rows.map(({ stream }) => stream))
}

/** Parks an event for a reason, or behind another of its stream (null). */
export async function park(
  tx: Transaction<SubscriberTables>,
  record: EventRecord,
  { group, reason, now }: { readonly group: string; readonly reason: MagasinError | null; readonly now: Date },
): Promise<void> {
  const row = {
    group_name: group,
    topic: record.topic,
    partition: record.partition,
    seq: record.seq,
    stream: record.stream,
    type: record.type,
    record: JSON.stringify(record),
    reason_code: reason?.code ?? null,
    reason: reason?.message ?? null,
    attempts: reason === null ? 0 : 1,
    parked_at: now.toISOString(),
    redrive: 0,
  }
  await tx.insertInto('parked_events').values(row).execute()
}

/** The parked events, those of a stream in their order. */
export async function listParked(
  db: Kysely<SubscriberTables>,
  filter: ParkedFilter = {},
): Promise<readonly ParkedEvent[]> {
  let query = db.selectFrom('parked_events').selectAll()
  if (filter.group !== undefined) query = query.where('group_name', '=', filter.group)
  if (filter.stream !== undefined) query = query.where('stream', '=', filter.stream)
  const rows = await query.orderBy('group_name').orderBy('topic').orderBy('partition').orderBy('seq').execute()
  return rows.map((row) => ({
    group: row.group_name,
    record: JSON.parse(row.record) as EventRecord,
    reason: row.reason_code === null ? null : { code: row.reason_code, message: row.reason ?? '' },
    attempts: row.attempts,
    parkedAt: row.parked_at,
    isRedriving: row.redrive === 1,
  }))
}

/** The parked event of a stream that comes first; undefined when the stream is free. */
export async function firstParked(
  tx: Transaction<SubscriberTables>,
  { group, topic, stream }: { readonly group: string; readonly topic: string; readonly stream: string },
): Promise<EventRecord | undefined> {
  const query = tx
    .selectFrom('parked_events')
    .select('record')
    .where('group_name', '=', group)
    .where('topic', '=', topic)
  const row = await query.where('stream', '=', stream).orderBy('seq').limit(1).executeTakeFirst()
  return row === undefined ? undefined : (JSON.parse(row.record) as EventRecord)
}

/** How many events are parked in all. */
export async function countParked(db: Kysely<SubscriberTables>): Promise<number> {
  const { count } = await db
    .selectFrom('parked_events')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/**
 * Asks for parked events to be delivered again; resolves with how many. The subscriber that runs, or the next that starts, does it:
 * nobody else delivers anything, so that the order of a stream has one keeper.
 */
export function requestRedrive(database: SqlDatabase<SubscriberTables>, filter: ParkedFilter = {}): Promise<number> {
  return database.transaction(async (tx) => {
    let update = tx.updateTable('parked_events').set({ redrive: 1 })
    if (filter.group !== undefined) update = update.where('group_name', '=', filter.group)
    if (filter.stream !== undefined) update = update.where('stream', '=', filter.stream)
    return Number((await update.executeTakeFirst()).numUpdatedRows)
  })
}
