import type { EventRecord } from '@magasin/contracts/event-record'
import type { MagasinError } from '@magasin/contracts/magasin-error'
import type { Kysely, Transaction } from 'kysely'
import type { SubscriberTables } from '../tables.ts'

type Tx = Transaction<SubscriberTables>

/** A stream as one group handles it. */
export interface GroupStream {
  readonly group: string
  readonly topic: string
  readonly partition: number
  readonly stream: string
}

/** How an event is parked. */
export interface Parking {
  readonly group: string
  readonly now: Date
  /** Why; by default it waits after another of its stream. */
  readonly reason?: MagasinError | undefined
  /** The member that has its effect under way. */
  readonly underWayBy?: string | undefined
  /** It shall be delivered again without anybody asking. */
  readonly isDue?: boolean
}

/** Which of these streams of a topic have parked events: what follows in them has to wait. */
export async function parkedStreams(
  db: Kysely<SubscriberTables>,
  { group, topic, streams }: { readonly group: string; readonly topic: string; readonly streams: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (streams.length === 0) return new Set()
  const rows = await whichAreParked(db, { group, topic, streams }).execute()
  return new Set(rows.map(({ stream }) => stream))
}

/** The question behind it; of one stream at least. */
export function whichAreParked(
  db: Kysely<SubscriberTables>,
  { group, topic, streams }: { readonly group: string; readonly topic: string; readonly streams: readonly string[] },
) {
  const query = db.selectFrom('parked_events').select('stream').distinct().where('group_name', '=', group)
  return query.where('topic', '=', topic).where('stream', 'in', streams)
}

/** Parks an event: for a reason, while its effect is under way, or after another of its stream. */
export async function park(tx: Tx, record: EventRecord, parking: Parking): Promise<void> {
  const { group, now, reason, underWayBy, isDue = false } = parking
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
    attempts: reason === undefined && underWayBy === undefined ? 0 : 1,
    parked_at: now.toISOString(),
    redrive: isDue || underWayBy !== undefined ? 1 : 0,
    under_way_by: underWayBy ?? null,
  }
  await tx.insertInto('parked_events').values(row).execute()
}

/** The streams of a group in which something is to be delivered again. */
export function streamsToRedrive(
  db: Kysely<SubscriberTables>,
  group: string,
): Promise<readonly Omit<GroupStream, 'group'>[]> {
  const query = db.selectFrom('parked_events').select(['topic', 'partition', 'stream']).distinct()
  return query.where('group_name', '=', group).where('redrive', '=', 1).execute()
}

/** The parked event of a stream that comes first, and who has its effect under way; undefined when the stream is free. */
export async function firstParked(
  tx: Tx,
  { group, topic, stream }: GroupStream,
): Promise<{ readonly record: EventRecord; readonly underWayBy: string | null } | undefined> {
  const query = tx.selectFrom('parked_events').select(['record', 'under_way_by']).where('group_name', '=', group)
  const inOrder = query.where('topic', '=', topic).where('stream', '=', stream).orderBy('seq')
  const row = await inOrder.limit(1).executeTakeFirst()
  return row && { record: JSON.parse(row.record) as EventRecord, underWayBy: row.under_way_by }
}

/** Says who has the effect of a parked event under way from now on, unless that changed meanwhile: then resolves with `false`. */
export async function takeParked(
  tx: Tx,
  { group, record, from, to }: { readonly group: string; readonly record: EventRecord } & Take,
): Promise<boolean> {
  const row = tx.updateTable('parked_events').set({ under_way_by: to, redrive: 1 })
  const ofPartition = row.where('group_name', '=', group).where('topic', '=', record.topic)
  const exact = ofPartition.where('partition', '=', record.partition).where('seq', '=', record.seq)
  const taken = exact.where('under_way_by', from === null ? 'is' : '=', from)
  return (await taken.executeTakeFirst()).numUpdatedRows === 1n
}

/** From whom an effect is taken (null: nobody), and who takes it. */
interface Take {
  readonly from: string | null
  readonly to: string
}

/** Says that a member has the effect of a parked event under way no more; it is to be begun again. */
export async function leaveParked(tx: Tx, { group, record, by }: UnderWay): Promise<void> {
  const row = ofEvent(tx, group, record).where('under_way_by', '=', by)
  await row.set({ under_way_by: null, redrive: 1 }).execute()
}

/** An event whose effect this member has under way, as far as no other has taken it. */
interface UnderWay {
  readonly group: string
  readonly record: EventRecord
  readonly by: string
}

/**
 * Takes out an event that was dealt with, if need be only while this member has it under way; what waited after it follows by itself.
 * Resolves with whether it was there.
 */
export async function unpark(
  tx: Tx,
  { group, record, by }: Omit<UnderWay, 'by'> & Partial<UnderWay>,
): Promise<boolean> {
  const rows = tx.deleteFrom('parked_events').where('group_name', '=', group).where('topic', '=', record.topic)
  const row = rows.where('partition', '=', record.partition).where('seq', '=', record.seq)
  const gone = await (by === undefined ? row : row.where('under_way_by', '=', by)).executeTakeFirst()
  if (gone.numDeletedRows === 0n) return false
  const waiting = ofStream(tx, group, record).where('redrive', '=', 0)
  await waiting.set({ redrive: 1 }).execute()
  return true
}

/**
 * Leaves an event parked that still cannot be handled, with the new reason, and what waits after it; if need be only while this member
 * has it under way. Resolves with whether it was there.
 */
export async function keepParked(
  tx: Tx,
  { group, record, by, reason }: Omit<UnderWay, 'by'> & Partial<UnderWay> & { readonly reason: MagasinError },
): Promise<boolean> {
  const event = ofEvent(tx, group, record)
  const row = by === undefined ? event : event.where('under_way_by', '=', by)
  const why = { reason_code: reason.code, reason: reason.message, under_way_by: null }
  const kept = await row.set((eb) => ({ ...why, attempts: eb('attempts', '+', 1) })).executeTakeFirst()
  if (kept.numUpdatedRows === 0n) return false
  await ofStream(tx, group, record).set({ redrive: 0 }).execute()
  return true
}

function ofEvent(tx: Tx, group: string, record: EventRecord) {
  return ofStream(tx, group, record).where('partition', '=', record.partition).where('seq', '=', record.seq)
}

function ofStream(tx: Tx, group: string, { topic, stream }: EventRecord) {
  const update = tx.updateTable('parked_events').where('group_name', '=', group)
  return update.where('topic', '=', topic).where('stream', '=', stream)
}
