import type { Catalogue } from '@magasin/contracts/catalogue'
import type { DomainEvent } from '@magasin/contracts/event-record'
import type { CommandHandler } from './handlers/command.ts'
import type { TransactionHandler } from './handlers/in-transaction.ts'
import type { OutsideHandler } from './handlers/outside.ts'
import type { SubscriberTables } from './tables.ts'

/** What is done with events of one type: `inTransaction(…)`, `outside(…)` or `command(…)`. */
export type Handler<Event extends DomainEvent, Tables extends SubscriberTables> =
  | TransactionHandler<Event, Tables>
  | OutsideHandler<Event>
  | CommandHandler<Event>

/**
 * What a service does with events, by their types. It reads all topics of these types, as one member of one group. Events of other
 * types are passed over, whatever they are. A handler that throws a permanent error (`parks` in the table of errors) has its event
 * parked, and what follows in the stream waits after it; after any other error the handler is called again, for ever.
 */
export interface Subscription<Event extends DomainEvent, Tables extends SubscriberTables = SubscriberTables> {
  readonly group: string
  /** How many effects outside may be under way at once, in all partitions together; slow ones do not count. Default 50. */
  readonly effectsAtOnce?: number
  readonly on: { readonly [Type in Event['type']]?: Handler<Extract<Event, { readonly type: Type }>, Tables> }
}

/** A subscription to whatever events; `Handler<never>` takes what its type in `on` says, which the subscriber looks at first. */
export interface AnySubscription<Tables extends SubscriberTables> {
  readonly group: string
  readonly effectsAtOnce?: number
  readonly on: Readonly<Record<string, Handler<never, Tables> | undefined>>
}

/** The topics of the events that a subscription handles. Throws EVENT_TYPE_UNKNOWN for a type that no family declares. */
export function topicsOf(
  { on }: { readonly on: Readonly<Record<string, unknown>> },
  catalogue: Catalogue,
): readonly string[] {
  return [...new Set(Object.keys(on).map((type) => catalogue.event(type).topic.name))]
}
