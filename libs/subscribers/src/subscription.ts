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

/** Throws if a type in `on` has no handler of one of the three kinds: its events would be passed over, and nobody would say so. */
export function refuseOtherHandlers({
  group,
  on,
}: {
  readonly group: string
  readonly on: Readonly<Record<string, unknown>>
}): void {
  for (const [type, handler] of Object.entries(on))
    if (!isHandler(handler))
      throw new TypeError(`${group} handles ${type} by none of inTransaction(…), outside(…) and command(…)`)
}

function isHandler(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { kind, handle, answer } = value as Readonly<Record<string, unknown>>
  if (kind === 'command') return typeof answer === 'function'
  return (kind === 'inTransaction' || kind === 'outside') && typeof handle === 'function'
}

/** The topics of the events that a subscription handles. Throws EVENT_TYPE_UNKNOWN for a type that no family declares. */
export function topicsOf(
  { on }: { readonly on: Readonly<Record<string, unknown>> },
  catalogue: Catalogue,
): readonly string[] {
  return [...new Set(Object.keys(on).map((type) => catalogue.event(type).topic.name))]
}
