import type { EventRecord } from '@magasin/contracts/event-record'
import { narrowDatabase, narrowTransaction } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Transaction } from 'kysely'
import { handleEvent, type HandlingContext } from './handle-events.ts'
import { firstParked } from './parking.ts'
import { isPermanent } from '@magasin/contracts/magasin-error'
import { lockPosition } from './positions.ts'
import type { SubscriberTables } from './tables.ts'

/** The streams of a group for which somebody asked to have parked events delivered again, with the partition of each. */
export async function redriveRequests(
  database: SqlDatabase<SubscriberTables>,
  { group, topic }: { readonly group: string; readonly topic: string },
): Promise<readonly { readonly stream: string; readonly partition: number }[]> {
  const query = database.reader.selectFrom('parked_events').select(['stream', 'partition']).distinct()
  return query.where('group_name', '=', group).where('topic', '=', topic).where('redrive', '=', 1).execute()
}

/**
 * Delivers the parked events of one stream again, in order, each in a transaction of its own that holds the partition: a new event
 * of the stream comes before or after, never between. Stops at one that still cannot be handled, which stays with the new reason,
 * and what is behind it waits on. Resolves with how many were handled; rejects on anything that is not permanent.
 */
export async function redriveStream<Tables extends SubscriberTables>(
  database: SqlDatabase<Tables>,
  stream: { readonly stream: string; readonly partition: number },
  context: HandlingContext<Tables>,
): Promise<number> {
  const { group, topic } = context.subscription
  for (let handled = 0; ; handled++) {
    let current: EventRecord | undefined
    try {
      await database.transaction(async (tx) => {
        const own = narrowTransaction<SubscriberTables, Tables>(tx)
        await lockPosition(own, { group, topic, partition: stream.partition })
        current = await firstParked(own, { group, topic, stream: stream.stream })
        if (current === undefined) return
        await handleEvent(tx, current, context)
        await thatRow(own, group, current).execute()
      })
      if (current === undefined) return handled
    } catch (error) {
      if (current === undefined || !isPermanent(error)) throw error
      await keepParked(database, group, { record: current, code: error.code, message: error.message })
      return handled
    }
  }
}

function thatRow(tx: Transaction<SubscriberTables>, group: string, { topic, partition, seq }: EventRecord) {
  const row = tx.deleteFrom('parked_events').where('group_name', '=', group).where('topic', '=', topic)
  return row.where('partition', '=', partition).where('seq', '=', seq)
}

async function keepParked<Tables extends SubscriberTables>(
  database: SqlDatabase<Tables>,
  group: string,
  { record, code, message }: { readonly record: EventRecord; readonly code: string; readonly message: string },
): Promise<void> {
  await narrowDatabase<SubscriberTables, Tables>(database).transaction(async (tx) => {
    const ofGroup = tx.updateTable('parked_events').where('group_name', '=', group).where('topic', '=', record.topic)
    await ofGroup.where('stream', '=', record.stream).set({ redrive: 0 }).execute()
    const reason = { reason_code: code, reason: message }
    const row = ofGroup.where('partition', '=', record.partition).where('seq', '=', record.seq)
    await row.set((eb) => ({ ...reason, attempts: eb('attempts', '+', 1) })).execute()
  })
}
