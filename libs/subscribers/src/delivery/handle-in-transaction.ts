import type { EventRecord } from '@magasin/contracts/event-record'
import { isMagasinError, isPermanent } from '@magasin/contracts/magasin-error'
import { narrowTransaction } from '@magasin/sql/narrow'
import type { Transaction } from 'kysely'
import type { SubscriberContext } from '../context.ts'
import { parkAndMove, reportMove, retrying, type Move } from './move.ts'
import type { TransactionHandler } from '../handlers/in-transaction.ts'
import { park, whichAreParked } from '../parking/parked-rows.ts'
import type { ToHandle, TransactionSegment } from './plan.ts'
import { movePositionAndAsk } from '../positions.ts'
import { retryForEver } from './retry.ts'
import type { SubscriberTables } from '../tables.ts'
import { withinLimit } from './within-limit.ts'

type Events<Tables extends SubscriberTables> = readonly ToHandle<TransactionHandler<never, Tables>>[]

// Fewer: a busy minute parks an event that the next try would have handled. More: on SQLite everybody waits as often for a handler that hangs.
const triesOverLimit = 3

/** Handles events in one transaction with the position. If that fails, each goes alone: is tried for ever, or parked. */
export async function handleInTransaction<Tables extends SubscriberTables>(
  segment: TransactionSegment<Tables>,
  context: SubscriberContext<Tables>,
  signal: AbortSignal,
): Promise<void> {
  const { events, to } = segment
  if (events.length > 1 && (await handleTogether(segment, context))) return
  let { from } = segment
  for (const [i, event] of events.entries()) {
    const move = { from, to: i === events.length - 1 ? to : event.record }
    await handleAlone(event, move, { context, signal })
    from = move.to.seq
  }
}

/** The usual case: all go through. */
async function handleTogether<Tables extends SubscriberTables>(
  segment: TransactionSegment<Tables>,
  context: SubscriberContext<Tables>,
): Promise<boolean> {
  try {
    reportMove(context, segment, { waiting: await handleOnce(segment.events, segment, context) })
    return true
  } catch (error) {
    if (isMagasinError(error, 'POSITION_MOVED')) throw error
    return false
  }
}

async function handleAlone<Tables extends SubscriberTables>(
  event: ToHandle<TransactionHandler<never, Tables>>,
  move: Move,
  { context, signal }: { readonly context: SubscriberContext<Tables>; readonly signal: AbortSignal },
): Promise<void> {
  const isFinal = (error: unknown, tries: number) =>
    isPermanent(error) && (tries >= triesOverLimit || !isMagasinError(error, 'HANDLER_TIMED_OUT'))
  try {
    signal.throwIfAborted()
    const work = () => handleOnce([event], move, context)
    const waiting = await retryForEver(work, retrying(context, move, { signal, isFinal }))
    reportMove(context, move, { waiting })
  } catch (error) {
    if (signal.aborted || !isPermanent(error)) throw error
    await parkAndMove(context, { ...move, record: event.record, reason: error }, signal)
  }
}

/** One transaction: the position first, by compare-and-set, then the effects. Resolves with the events that wait after parked ones. */
function handleOnce<Tables extends SubscriberTables>(
  events: Events<Tables>,
  { from, to }: Move,
  context: SubscriberContext<Tables>,
): Promise<readonly EventRecord[]> {
  const { alone, database, subscription, now } = context
  const { group } = subscription
  const { topic, partition } = to
  const work = async (tx: Transaction<Tables>): Promise<readonly EventRecord[]> => {
    const own = narrowTransaction<SubscriberTables, Tables>(tx)
    const streams = [...new Set(events.map(({ record }) => record.stream))]
    const asking = [whichAreParked(own, { group, topic, streams })]
    const [found] = await movePositionAndAsk(own, { group, topic, partition }, { from, to, asking })
    const parked = new Set(found!.map(({ stream }) => stream))
    const waiting = events.map(({ record }) => record).filter(({ stream }) => parked.has(stream))
    for (const record of waiting) await park(own, record, { group, now: now() })
    await runHandlers(
      tx,
      events.filter(({ record }) => !parked.has(record.stream)),
      context,
    )
    return waiting
  }
  return alone(to, () => database.transaction(work))
}

/** Has events handled, streams side by side, the events of each in order. Throws HANDLER_TIMED_OUT, and what decoding or a handler throws. */
export async function runHandlers<Tables extends SubscriberTables>(
  tx: Transaction<Tables>,
  events: Events<Tables>,
  { catalogue, stopping }: Pick<SubscriberContext<Tables>, 'catalogue' | 'stopping'>,
): Promise<void> {
  const [first] = events
  if (first === undefined) return
  const limitMs = Math.min(...events.map(({ handler }) => handler.limitMs))
  await withinLimit(tx, { limitMs, signal: stopping, type: first.record.type }, async (guarded, signal) => {
    const streams = Map.groupBy(events, ({ record }) => record.stream).values()
    const handling = [...streams].map(async (ofStream) => {
      for (const { record, handler } of ofStream)
        await handler.handle(catalogue.decode(record) as never, { tx: guarded, signal })
    })
    await allSettledThenThrow(handling)
  })
}

/** Waits for all before it throws what the first one threw: a handler that can end does so before its transaction is rolled back. */
async function allSettledThenThrow(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason
}
