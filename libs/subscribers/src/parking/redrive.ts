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
import { firstParked, keepParked, leaveParked, takeParked, unpark, type GroupStream } from './parked-rows.ts'
import { handlerOf, type ToHandle } from '../delivery/plan.ts'
import { retryForEver } from '../delivery/retry.ts'
import { lockPosition } from '../positions.ts'
import type { SubscriberTables } from '../tables.ts'

export interface RedriveContext<Tables extends SubscriberTables> extends SubscriberContext<Tables> {
  readonly member: Member
}

/**
 * `handled`: the event is dealt with. `again`: look anew. `stays`: it cannot be handled, or a member that lives, this one included, has
 * its effect under way. `free`: nothing is parked in the stream.
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

/**
 * Has an effect that this member has under way, and writes how it ended, trying for as long as the subscriber runs: an effect that was
 * done is not begun again because a database was away. Rejects with what is not permanent, when the row says that nobody has the effect
 * under way: it is to be begun again, by whoever reads the partition then.
 */
export async function settleEffect<Tables extends SubscriberTables>(
  record: EventRecord,
  effect: () => Promise<Outcome | undefined>,
  context: RedriveContext<Tables>,
): Promise<'handled' | 'stays' | 'again'> {
  const write = <T>(work: InGroup<T>) => untilWritten(record, context, work)
  const by = context.member.id
  try {
    const outcome = await effect()
    if (outcome === undefined) return 'again'
    if (outcome.isDone) return (await write((tx, group) => unpark(tx, { group, record, by }))) ? 'handled' : 'stays'
    if (!isPermanent(outcome.error)) throw outcome.error
    const { error: reason } = outcome
    const isKept = await write((tx, group) => keepParked(tx, { group, record, by, reason }))
    if (isKept) context.reporter.parked(record, reason)
    return 'stays'
  } catch (error) {
    // Also if it could not be taken: a COMMIT without an answer may have been one.
    await write((tx, group) => leaveParked(tx, { group, record, by }))
    throw error
  }
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
    await unpark(own, { group: stream.group, record })
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
    return unpark(tx, { group, record: event.record })
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
  const { catalogue, effects, member, reporter, stopping, underWay } = context
  const { record } = event
  if (underWayBy !== null && underWayBy !== member.id && !(await member.isGone(underWayBy))) return 'stays'
  await member.hold()
  // Another loop of this member has it, which began when the effect was set aside.
  if (underWay.has(record)) return 'stays'
  const take = { record, from: underWayBy, to: member.id }
  const begin = async () => {
    const begun = await effects(async () => {
      const isTaken = await holding(record, context, (tx, group) => takeParked(tx, { group, ...take }))
      return isTaken ? beginEffectOf(event, { catalogue, signal: stopping }) : undefined
    })
    if (begun !== undefined && begun.outcome === undefined) reporter.slow(record)
    return begun?.effect
  }
  return underWay.during(record, () => settleEffect(record, begin, context))
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

type InGroup<T> = (tx: Transaction<SubscriberTables>, group: string) => Promise<T>

function untilWritten<Tables extends SubscriberTables, T>(
  record: EventRecord,
  context: RedriveContext<Tables>,
  work: InGroup<T>,
): Promise<T> {
  return retryForEver(() => holding(record, context, work), {
    signal: context.stopping,
    isFinal: () => false,
    onFailure: (error, tries) => context.reporter.failed(error, record, tries),
  })
}

/** A transaction that holds the position of a record's partition. */
function holding<Tables extends SubscriberTables, T>(
  record: EventRecord,
  { alone, own, subscription: { group } }: RedriveContext<Tables>,
  work: InGroup<T>,
): Promise<T> {
  return alone(record, () =>
    own.transaction(async (tx) => {
      await lockPosition(tx, { ...record, group })
      return work(tx, group)
    }),
  )
}
