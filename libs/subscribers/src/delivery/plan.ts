import type { EventRecord } from '@magasin/contracts/event-record'
import type { CommandHandler } from '../handlers/command.ts'
import type { TransactionHandler } from '../handlers/in-transaction.ts'
import type { OutsideHandler } from '../handlers/outside.ts'
import type { AnySubscription, Handler } from '../subscription.ts'
import type { SubscriberTables } from '../tables.ts'

/** An event, and what is done with it. */
export interface ToHandle<H> {
  readonly record: EventRecord
  readonly handler: H
}

/** Events of one partition after which the position moves once: from a seq to the last one, what is passed over included. */
interface SegmentOf<Kind, H> {
  readonly kind: Kind
  readonly from: number
  readonly to: EventRecord
  readonly events: readonly ToHandle<H>[]
}

export type PassedSegment = SegmentOf<'passed', never>
export type TransactionSegment<Tables extends SubscriberTables> = SegmentOf<
  'inTransaction',
  TransactionHandler<never, Tables>
>
export type OutsideSegment = SegmentOf<'outside', OutsideHandler<never>>
export type CommandSegment = SegmentOf<'command', CommandHandler<never>>
export type Segment<Tables extends SubscriberTables> =
  | PassedSegment
  | TransactionSegment<Tables>
  | OutsideSegment
  | CommandSegment

interface Draft<Tables extends SubscriberTables> {
  kind: Segment<Tables>['kind']
  readonly from: number
  to: EventRecord
  readonly events: ToHandle<Handler<never, Tables>>[]
  /** How many events may be in it, by the strictest of its handlers. */
  most: number
}

/**
 * Divides the next records of a partition by how they are handled. The type of a record alone decides whether it is: nobody decodes
 * what is passed over, so a type or a version that this program does not know stops nothing.
 */
export function planSegments<Tables extends SubscriberTables>(
  records: readonly EventRecord[],
  subscription: AnySubscription<Tables>,
): readonly Segment<Tables>[] {
  const drafts: Draft<Tables>[] = []
  for (const record of records) {
    const handler = handlerOf(subscription, record)
    const last = drafts.at(-1)
    const isPassed = handler === undefined
    if (last === undefined || !(isPassed || isRoomIn(last, handler)))
      drafts.push({ kind: 'passed', from: record.seq - 1, to: record, events: [], most: Infinity })
    const draft = drafts.at(-1)!
    draft.to = record
    if (isPassed) continue
    draft.kind = handler.kind
    draft.most = Math.min(draft.most, mostTogether(handler))
    draft.events.push({ record, handler })
  }
  return drafts as readonly Segment<Tables>[]
}

/** What a subscription does with events of this type; undefined if it passes them over. */
export function handlerOf<Tables extends SubscriberTables>(
  { on }: AnySubscription<Tables>,
  { type }: Pick<EventRecord, 'type'>,
): Handler<never, Tables> | undefined {
  return Object.hasOwn(on, type) ? on[type] : undefined
}

function isRoomIn<Tables extends SubscriberTables>(draft: Draft<Tables>, handler: Handler<never, Tables>): boolean {
  const { kind, events, most } = draft
  return kind === 'passed' || (kind === handler.kind && events.length < Math.min(most, mostTogether(handler)))
}

function mostTogether<Tables extends SubscriberTables>(handler: Handler<never, Tables>): number {
  switch (handler.kind) {
    case 'inTransaction':
      return handler.eventsPerTransaction
    case 'outside':
      return handler.effectsPerPosition
    default:
      return 1
  }
}
