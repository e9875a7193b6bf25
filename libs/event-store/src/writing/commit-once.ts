import { setTimeout as delay } from 'node:timers/promises'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { Transaction } from 'kysely'
import type { PendingCommand } from '../commands/pending-command.ts'
import type { StatementDialect } from '../statement-dialect.ts'
import type { EventStoreTables } from '../tables.ts'
import { decideAndWrite, type GroupEnvironment, type GroupOutcome } from './decide-and-write.ts'
import { StateChanged } from './state-statements.ts'

// Together with what is still to do, less than the deadline of a request. A server that comes back later finds nobody waiting.
const patienceMs = 5_000
// A group shares what its commands read: alone, each meets fewer others, and the rest of the time is theirs.
const groupPatienceMs = 1_000
const pauseMs = 100

/**
 * Carries a group out and commits. If what it read had changed, it begins anew, for up to 5 s, a group of several for up to 1 s; then
 * StateChanged.
 * If COMMIT got no answer, it finds out whether that took effect before anything is tried again: a command is carried out once, and
 * answered as it was decided then. What recorded no event can be done twice, and is.
 * Throws STORE_UNAVAILABLE if it cannot find out within 5 s.
 */
export async function commitOnce(
  group: readonly PendingCommand[],
  environment: GroupEnvironment,
): Promise<GroupOutcome> {
  const { database } = environment
  const began = performance.now()
  const deadline = began + patienceMs
  const lastTry = began + (group.length > 1 ? groupPatienceMs : patienceMs)
  for (let tries = 1; ; tries++) {
    let outcome: GroupOutcome | undefined
    try {
      return await database.transaction(async (tx) => {
        outcome = undefined
        return (outcome = await decideAndWrite(tx, group, environment))
      })
    } catch (error) {
      if (performance.now() >= deadline) throw error
      if (error instanceof StateChanged) {
        if (performance.now() >= lastTry) throw error
        await delay(Math.random() * Math.min(100, 2 ** tries))
        continue
      }
      const decided = outcome as GroupOutcome | undefined
      if (database.faultOf(error) !== 'unanswered' || decided === undefined) throw error
      const [eventId] = decided.eventIds
      if (eventId !== undefined && (await lookFor(environment, { eventId, deadline }))) return decided
    }
  }
}

/** Whether the transaction that would have recorded this event did; asked until the database answers, or until the deadline. */
async function lookFor(
  { database, dialect }: GroupEnvironment,
  { eventId, deadline }: { readonly eventId: string; readonly deadline: number },
): Promise<boolean> {
  for (;;)
    try {
      const isThere = await database.transaction((tx) => look(tx, dialect, eventId), {
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

/** The transaction in doubt holds the command counter until it is over: once that is ours, what is not there will never be. */
async function look(
  tx: Transaction<EventStoreTables>,
  { isSerial }: StatementDialect,
  eventId: string,
): Promise<boolean> {
  const counter = tx.selectFrom('command_counter').select('last_command')
  await (isSerial ? counter : counter.forUpdate()).execute()
  const event = await tx.selectFrom('events').select('seq').where('event_id', '=', eventId).executeTakeFirst()
  return event !== undefined
}
