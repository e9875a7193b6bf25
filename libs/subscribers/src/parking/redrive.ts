import type { EventRecord } from '@magasin/contracts/event-record'
import { isPermanent, type MagasinError } from '@magasin/contracts/magasin-error'
import { narrowTransaction } from '@magasin/sql/narrow'
import type { Transaction } from 'kysely'
import { executeOnce, isRefused } from '../delivery/answer-with-command.ts'
import type { SubscriberContext } from '../context.ts'
import { beginEffectOf, type Outcome } from '../delivery/effect.ts'
import { runHandlers } from '../delivery/handle-in-transaction.ts'
import type { CommandHandler } from '../handlers/command.ts'
import type { OutsideHandler } from '../handlers/outside.ts'
import type { Member } from './member.ts'
import { firstParked, keepParked, takeParked, unpark, type GroupStream } from './parked-rows.ts'
import { handlerOf, type ToHandle } from '../delivery/plan.ts'
import { lockPosition } from '../positions.ts'
import type { SubscriberTables } from '../tables.ts'

export interface RedriveContext<Tables extends SubscriberTables> extends SubscriberContext<Tables> {
  readonly member: Member
  /** Runs work while nothing else of this process handles or parks events of the partition. */
  readonly alone: <T>(at: { readonly topic: string; readonly partition: number }, work: () => Promise<T>) => Promise<T>
}

/**
 * `handled`: the event is dealt with. `again`: look anew. `stays`: it cannot be handled, or a member that lives has its effect under
 * way. `free`: nothing is parked in the stream.
 */
export type Step = 'handled' | 'again' | 'stays' | 'free'

/** A parked event that is dealt with outside of the transaction in which it was looked up. */
type Found =
  | { readonly kind: 'command'; readonly event: ToHandle<CommandHandler<never>> }
  | { readonly kind: 'outside'; readonly event: ToHandle<OutsideHandler<never>>; readonly underWayBy: string | null }

/**
 * Delivers the event of a stream that has been parked longest, the way its type is handled. A new event of the stream comes before
 * or after, never between: the partition's position row is held where something is decided. An event that still cannot be handled
 * stays with the new reason. Rejects on anything that is not permanent.
 */
export async function redriveFirst<Tables extends SubscriberTables>(
  stream: GroupStream,
  context: RedriveContext<Tables>,
): Promise<Step> {
  const seen: { record?: EventRecord; isFinal: (error: unknown) => error is MagasinError } = { isFinal: isPermanent }
  try {
    const found = await context.alone(stream, () => lookAtFirst(stream, context, (record) => (seen.record = record)))
    if (typeof found === 'string') return found
    if (found.kind === 'outside') return await redriveEffect(found.event, found.underWayBy, context)
    seen.isFinal = isRefused
    return await context.alone(stream, () => redriveCommand(found.event, context))
  } catch (error) {
    if (seen.record === undefined || !seen.isFinal(error)) throw error
    return keep(seen.record, error, context)
  }
}

/** Writes how the effect of a parked event ended. Rejects with what is not permanent: it is to be begun again. */
export async function settleEffect<Tables extends SubscriberTables>(
  record: EventRecord,
  outcome: Outcome,
  context: RedriveContext<Tables>,
): Promise<'handled' | 'stays'> {
  if (outcome.isDone) {
    await holding(record, context, (tx, group) => unpark(tx, group, record))
    return 'handled'
  }
  if (!isPermanent(outcome.error)) throw outcome.error
  return keep(record, outcome.error, context)
}

function lookAtFirst<Tables extends SubscriberTables>(
  stream: GroupStream,
  context: RedriveContext<Tables>,
  see: (record: EventRecord) => void,
): Promise<Found | 'handled' | 'free'> {
  const { database, subscription } = context
  return database.transaction(async (tx) => {
    const own = narrowTransaction<SubscriberTables, Tables>(tx)
    await lockPosition(own, stream)
    const first = await firstParked(own, stream)
    if (first === undefined) return 'free'
    const { record, underWayBy } = first
    see(record)
    const handler = handlerOf(subscription, record)
    if (handler?.kind === 'command') return { kind: 'command', event: { record, handler } }
    if (handler?.kind === 'outside') return { kind: 'outside', event: { record, handler }, underWayBy }
    if (handler !== undefined) await runHandlers(tx, [{ record, handler }], context)
    await unpark(own, stream.group, record)
    return 'handled'
  })
}

/** The claim is the deletion of the parked row: who comes second finds none, and does nothing. */
async function redriveCommand<Tables extends SubscriberTables>(
  event: ToHandle<CommandHandler<never>>,
  context: RedriveContext<Tables>,
): Promise<Step> {
  const { group } = context.subscription
  const claim = async (tx: Transaction<SubscriberTables>) => {
    await lockPosition(tx, { ...event.record, group })
    return unpark(tx, group, event.record)
  }
  await executeOnce(event, claim, context)
  return 'handled'
}

/** An effect that was under way in a member that is gone is begun again; one that lives is left to finish it. */
async function redriveEffect<Tables extends SubscriberTables>(
  event: ToHandle<OutsideHandler<never>>,
  underWayBy: string | null,
  context: RedriveContext<Tables>,
): Promise<Step> {
  const { effects, member, reporter } = context
  const { record } = event
  if (underWayBy !== null && underWayBy !== member.id && !(await member.isGone(underWayBy))) return 'stays'
  await member.hold()
  const take = { record, from: underWayBy, to: member.id }
  const begun = await effects(async () => {
    const isTaken = await holding(record, context, (tx, group) => takeParked(tx, { group, ...take }))
    return isTaken ? beginEffectOf(event, context) : undefined
  })
  if (begun === undefined) return 'again'
  if (begun.outcome === undefined) reporter.slow(record)
  return settleEffect(record, await begun.effect, context)
}

async function keep<Tables extends SubscriberTables>(
  record: EventRecord,
  reason: MagasinError,
  context: RedriveContext<Tables>,
): Promise<'stays'> {
  await holding(record, context, (tx, group) => keepParked(tx, { group, record, reason }))
  context.reporter.parked(record, reason)
  return 'stays'
}

/** A transaction that holds the position of a record's partition. */
function holding<Tables extends SubscriberTables, T>(
  record: EventRecord,
  { alone, own, subscription: { group } }: RedriveContext<Tables>,
  work: (tx: Transaction<SubscriberTables>, group: string) => Promise<T>,
): Promise<T> {
  return alone(record, () =>
    own.transaction(async (tx) => {
      await lockPosition(tx, { ...record, group })
      return work(tx, group)
    }),
  )
}
