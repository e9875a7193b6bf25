import type { EventRecord } from '@magasin/contracts/event-record'
import { isMagasinError, isPermanent, type MagasinError } from '@magasin/contracts/magasin-error'
import type { SubscriberContext } from '../context.ts'
import { park } from '../parking/parked-rows.ts'
import { movePosition } from '../positions.ts'
import type { SubscriberTables } from '../tables.ts'
import { retryForEver, type RetryOptions } from './retry.ts'

/** Events of one partition after which the position moves once. */
export interface Move {
  readonly from: number
  readonly to: EventRecord
}

/** How a delivery tries again: for ever, saying so, unless the position moved or, by default, the error is permanent. */
export function retrying<Tables extends SubscriberTables>(
  { reporter }: SubscriberContext<Tables>,
  { to }: Pick<Move, 'to'>,
  { signal, isFinal = isPermanent }: { readonly signal: AbortSignal; readonly isFinal?: RetryOptions['isFinal'] },
): RetryOptions {
  const { topic, partition } = to
  return {
    signal,
    isFinal: (error, tries) => isMagasinError(error, 'POSITION_MOVED') || isFinal(error, tries),
    onFailure: (error, tries) => reporter.failed(error, { topic, partition }, tries),
  }
}

/** Says that a position moved: which of the events that it passed wait now, and how many more of them are not done. */
export function reportMove<Tables extends SubscriberTables>(
  { reporter }: SubscriberContext<Tables>,
  { from, to }: Move,
  { waiting = [], notDone = 0 }: { readonly waiting?: readonly EventRecord[]; readonly notDone?: number } = {},
): void {
  const { topic, partition } = to
  reporter.recovered({ topic, partition })
  for (const record of waiting) reporter.parked(record, null)
  reporter.handled(to.seq - from - waiting.length - notDone, { topic, partition })
}

/** Parks an event for a reason and moves the position past it, and past those after it that nobody handles. */
export async function parkAndMove<Tables extends SubscriberTables>(
  context: SubscriberContext<Tables>,
  move: Move & { readonly record: EventRecord; readonly reason: MagasinError },
  signal: AbortSignal,
): Promise<void> {
  const { alone, own, reporter, subscription } = context
  const { group } = subscription
  const { topic, partition } = move.to
  const { record, reason } = move
  const work = () =>
    own.transaction(async (tx) => {
      await movePosition(tx, { group, topic, partition }, move)
      await park(tx, record, { group, reason, now: context.now() })
    })
  await retryForEver(() => alone(move.to, work), retrying(context, move, { signal, isFinal: () => false }))
  reporter.parked(record, reason)
  reportMove(context, move, { notDone: 1 })
}
