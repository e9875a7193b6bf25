import { setTimeout as delay } from 'node:timers/promises'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Transaction } from 'kysely'
import type { GroupOutcome } from './commit-group.ts'
import type { Engine } from './engine.ts'
import type { EventStoreTables } from './tables.ts'

type Database = SqlDatabase<EventStoreTables>

// Together with what is still to do, less than the deadline of a request. A server that comes back later finds nobody waiting.
const doubtMs = 5_000
const pauseMs = 100

/**
 * Commits what `work` did, and where COMMIT got no answer finds out whether it took effect before anything is tried again: a command
 * is carried out once, and answered as it was decided then. What recorded no event can be done twice, and is.
 * Throws STORE_UNAVAILABLE when it cannot find out within 5 s.
 */
export async function commitForCertain(
  database: Database,
  engine: Engine,
  work: (tx: Transaction<EventStoreTables>) => Promise<GroupOutcome>,
): Promise<GroupOutcome> {
  const deadline = performance.now() + doubtMs
  for (;;) {
    const decided: GroupOutcome[] = []
    try {
      return await database.transaction(async (tx) => (decided[0] = await work(tx)))
    } catch (error) {
      const [outcome] = decided
      const isInDoubt = database.faultOf(error) === 'unanswered' && outcome !== undefined
      if (!isInDoubt || performance.now() >= deadline) throw error
      const [eventId] = outcome.eventIds
      if (eventId !== undefined && (await lookFor(database, engine, { eventId, deadline }))) return outcome
    }
  }
}

/** Whether the transaction that would have recorded this event did; asked until the database answers, or until the deadline. */
async function lookFor(
  database: Database,
  engine: Engine,
  { eventId, deadline }: { readonly eventId: string; readonly deadline: number },
): Promise<boolean> {
  for (;;)
    try {
      const isThere = await database.transaction((tx) => look(tx, engine, eventId), {
        waitMs: Math.max(0, Math.round(deadline - performance.now())),
      })
      // Seen is not yet durable: nobody waited for the flush of that COMMIT.
      if (isThere) await database.settle()
      return isThere
    } catch (error) {
      if (!isMagasinError(error, 'STORE_UNAVAILABLE') || performance.now() >= deadline) throw error
      await delay(pauseMs)
    }
}

/** The transaction in doubt holds the commit counter until it is over: once that is ours, what is not there will never be. */
async function look(tx: Transaction<EventStoreTables>, engine: Engine, eventId: string): Promise<boolean> {
  await engine.forUpdate(tx.selectFrom('command_counter').select('last_command')).execute()
  const event = await tx.selectFrom('events').select('seq').where('event_id', '=', eventId).executeTakeFirst()
  return event !== undefined
}
