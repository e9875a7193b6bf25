import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { PartitionRef, Position } from '@magasin/event-log/event-log'
import { runTogether } from '@magasin/sql/batch'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Compilable, Transaction } from 'kysely'
import type { SubscriberTables } from './tables.ts'

/** A partition as one group reads it. */
export interface GroupPartition extends PartitionRef {
  readonly group: string
}

/** A position moves from one seq to an event. */
export interface PositionStep {
  readonly from: number
  readonly to: Pick<EventRecord, 'seq' | 'eventId'>
}

/** Where a group stands in a topic, by partition; nothing for those in which it has never been. */
export async function readPositions(
  database: SqlDatabase<SubscriberTables>,
  { group, topic }: { readonly group: string; readonly topic: string },
): Promise<ReadonlyMap<number, Position>> {
  const query = database.reader.selectFrom('positions').selectAll().where('group_name', '=', group)
  const rows = await query.where('topic', '=', topic).execute()
  return new Map(rows.map((row) => [row.partition, { logId: row.log_id, seq: row.seq, eventId: row.event_id }]))
}

/**
 * Puts a group before the first event of a partition of the log `logId`, unless it stands in it already.
 * Throws LOG_FOREIGN if it stands in another log in other partitions of the topic.
 */
export async function beginPosition(
  database: SqlDatabase<SubscriberTables>,
  at: GroupPartition,
  logId: string,
): Promise<void> {
  const { group, topic, partition } = at
  const row = { group_name: group, topic, partition, seq: 0, event_id: null, log_id: logId }
  try {
    await database.transaction(async (tx) => {
      const query = tx.selectFrom('positions').select('log_id').where('group_name', '=', group)
      const other = await query.where('topic', '=', topic).where('log_id', '!=', logId).limit(1).executeTakeFirst()
      if (other !== undefined)
        throw new MagasinError(
          'LOG_FOREIGN',
          `${group} has positions in the log ${other.log_id}, and ${topic} partition ${partition} holds events of the log ${logId}: give it its own log back, or begin anew with an empty database of its own`,
        )
      await tx.insertInto('positions').values(row).execute()
    })
  } catch (error) {
    // Another process of the group began at the same moment.
    if (database.faultOf(error) !== 'duplicate') throw error
  }
}

/**
 * Moves a position from one seq to an event, in the transaction of the effect: compare-and-set, so that one who wakes too late
 * changes nothing. POSITION_MOVED when it is not where it was thought to be. The row stays locked until the transaction ends:
 * nobody else handles, parks or redrives anything of the partition meanwhile.
 */
export async function movePosition(
  tx: Transaction<SubscriberTables>,
  at: GroupPartition,
  step: PositionStep,
): Promise<void> {
  await movePositionAndAsk(tx, at, { ...step, asking: [] })
}

/** The same, with questions of the same transaction in the same round trip; resolves with the rows that answer each. */
export async function movePositionAndAsk<Row>(
  tx: Transaction<SubscriberTables>,
  at: GroupPartition,
  { from, to, asking }: PositionStep & { readonly asking: readonly Compilable<Row>[] },
): Promise<readonly (readonly Row[])[]> {
  const { group, topic, partition } = at
  const update = tx.updateTable('positions').set({ seq: to.seq, event_id: to.eventId }).where('group_name', '=', group)
  const exact = update.where('topic', '=', topic).where('partition', '=', partition).where('seq', '=', from)
  const statements = [exact, ...asking].map((query) => query.compile())
  const [moved, ...answers] = await runTogether(tx as unknown as Transaction<unknown>, statements)
  if (moved!.numAffectedRows !== 1n)
    throw new MagasinError(
      'POSITION_MOVED',
      `${group} is not at event ${from} of ${topic} partition ${partition} any more: it asks where it is`,
    )
  return answers.map(({ rows }) => rows as Row[])
}

/** Locks a partition against handling, parking and redriving by anybody else, without moving the position. */
export async function lockPosition(
  tx: Transaction<SubscriberTables>,
  { group, topic, partition }: GroupPartition,
): Promise<void> {
  const touch = tx
    .updateTable('positions')
    .set((eb) => ({ seq: eb.ref('seq') }))
    .where('group_name', '=', group)
  await touch.where('topic', '=', topic).where('partition', '=', partition).execute()
}
