import type { EventRecord } from '@magasin/contracts/event-record'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Kysely } from 'kysely'
import type { SubscriberTables } from '../tables.ts'

/** A parked event, as an operator sees it. */
export interface ParkedEvent {
  readonly group: string
  readonly record: EventRecord
  /** Why; null for one that waits after another of its stream, or whose effect is under way. */
  readonly reason: { readonly code: string; readonly message: string } | null
  readonly attempts: number
  readonly parkedAt: string
  /** It is to be delivered again, and that is still to come. */
  readonly isRedriving: boolean
  /** Its effect takes long and goes on. */
  readonly isUnderWay: boolean
}

export interface ParkedFilter {
  readonly group?: string | undefined
  readonly stream?: string | undefined
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
    isUnderWay: row.under_way_by !== null,
  }))
}

/** How many events are parked, of one group or in all: those that wait and those whose effect is under way among them. */
export async function countParked(db: Kysely<SubscriberTables>, { group }: ParkedFilter = {}): Promise<number> {
  let query = db.selectFrom('parked_events').select((eb) => eb.fn.countAll<number>().as('count'))
  if (group !== undefined) query = query.where('group_name', '=', group)
  return Number((await query.executeTakeFirstOrThrow()).count)
}

/**
 * Asks for parked events to be delivered again; resolves with how many. The subscriber that reads their partition, or the next that
 * does, delivers them: nobody else delivers anything, so that the order of a stream has one keeper.
 */
export function requestRedrive(database: SqlDatabase<SubscriberTables>, filter: ParkedFilter = {}): Promise<number> {
  return database.transaction(async (tx) => {
    let update = tx.updateTable('parked_events').set({ redrive: 1 })
    if (filter.group !== undefined) update = update.where('group_name', '=', filter.group)
    if (filter.stream !== undefined) update = update.where('stream', '=', filter.stream)
    return Number((await update.executeTakeFirst()).numUpdatedRows)
  })
}
