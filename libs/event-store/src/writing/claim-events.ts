import type { Transaction } from 'kysely'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { PendingCommand, Settled } from '../commands/pending-command.ts'

/** What came of the claims of a group: `claimed` are to be decided, `settled` need no decision. */
export interface Claims {
  readonly claimed: ReadonlySet<PendingCommand>
  readonly settled: ReadonlyMap<PendingCommand, Settled>
}

/**
 * Claims the events that commands of a group answer, before anything is read or locked for a command, in the order of what they lock.
 * A claim that throws fails its command alone, unless it is the database's fault, which may have undone the others' claims.
 */
export async function claimEvents(
  tx: Transaction<unknown>,
  group: readonly PendingCommand[],
  isDatabaseFault: (error: unknown) => boolean,
): Promise<Claims> {
  const claimed = new Set<PendingCommand>()
  const settled = new Map<PendingCommand, Settled>()
  const caused = group.filter(({ context: { cause, signal } }) => cause !== undefined && signal?.aborted !== true)
  for (const pending of caused.toSorted(byWhatIsLocked))
    try {
      if (await pending.context.cause!.claim(tx)) claimed.add(pending)
      else settled.set(pending, { answer: undefined, repeated: true })
    } catch (error) {
      if (isMagasinError(error, 'STORE_UNAVAILABLE') || isDatabaseFault(error)) throw error
      settled.set(pending, { failure: error })
    }
  return { claimed, settled }
}

function byWhatIsLocked({ context: a }: PendingCommand, { context: b }: PendingCommand): number {
  const [first, second] = [a, b].map(({ cause }) => cause!.claims ?? cause!.eventId) as [string, string]
  return first === second ? 0 : first < second ? -1 : 1
}
