import type { Command } from '@magasin/event-store/command'
import { isMagasinError, type MagasinError } from '@magasin/contracts/magasin-error'
import type { Transaction } from 'kysely'
import type { SubscriberContext } from '../context.ts'
import { parkAndMove, reportMove, retrying } from './move.ts'
import type { CommandHandler } from '../handlers/command.ts'
import { park, whichAreParked } from '../parking/parked-rows.ts'
import type { CommandSegment, ToHandle } from './plan.ts'
import { movePositionAndAsk } from '../positions.ts'
import { retryForEver } from './retry.ts'
import type { SubscriberTables } from '../tables.ts'

type Claim = (tx: Transaction<SubscriberTables>) => Promise<boolean>

/** Answers an event with a command, in whose transaction the position moves. A command that is refused parks the event. */
export async function answerWithCommand<Tables extends SubscriberTables>(
  segment: CommandSegment,
  context: SubscriberContext<Tables>,
  signal: AbortSignal,
): Promise<void> {
  const [event] = segment.events
  const { group } = context.subscription
  const { topic, partition } = segment.to
  const { record } = event!
  let isWaiting = false
  const claim: Claim = async (tx) => {
    const asking = [whichAreParked(tx, { group, topic, streams: [record.stream] })]
    const [found] = await movePositionAndAsk(tx, { group, topic, partition }, { ...segment, asking })
    isWaiting = found!.length > 0
    if (isWaiting) await park(tx, record, { group, now: context.now() })
    return !isWaiting
  }
  try {
    signal.throwIfAborted()
    const work = () => context.alone(record, () => executeOnce(event!, claim, context))
    await retryForEver(work, retrying(context, segment, { signal, isFinal: isRefused }))
    reportMove(context, segment, { waiting: isWaiting ? [record] : [] })
  } catch (error) {
    if (signal.aborted || !isRefused(error)) throw error
    await parkAndMove(context, { from: segment.from, to: segment.to, record, reason: error }, signal)
  }
}

/**
 * Carries out the command that answers an event, unless `claim` says, in the command's transaction, that there is nothing to do.
 * Throws what the store throws, and what decoding throws.
 */
export async function executeOnce<Tables extends SubscriberTables>(
  { record, handler }: ToHandle<CommandHandler<never>>,
  claim: Claim,
  { catalogue, own, stopping, store, subscription }: SubscriberContext<Tables>,
): Promise<void> {
  const command: Command<unknown> | undefined = handler.answer(catalogue.decode(record) as never)
  if (command === undefined) return void (await own.transaction(claim))
  const { eventId, topic, partition, traceparent } = record
  // Every claim begins with the position of a partition.
  const claims = `${subscription.group}/${topic}/${partition}`
  await store!.execute(command, {
    cause: { eventId, claims, claim: (tx) => claim(ownTables(tx)) },
    signal: stopping,
    ...(traceparent !== null && { traceparent }),
  })
}

/** Whether a command was refused: as it is it will always be. */
export function isRefused(error: unknown): error is MagasinError {
  return isMagasinError(error) && !error.kind.retryable
}

/** The store's database is the subscriber's own, so its tables are there; the store does not know them. */
function ownTables(tx: Transaction<unknown>): Transaction<SubscriberTables> {
  return tx as unknown as Transaction<SubscriberTables>
}
