import type { DecodedEvent } from '@magasin/contracts/event-record'
import type { Transaction } from 'kysely'
import type { SubscriberTables } from './tables.ts'

export interface HandlerContext<Tables extends SubscriberTables> {
  /** The transaction in which the position moves: an effect written through it happens exactly once. */
  readonly tx: Transaction<Tables>
  /** Aborts when the subscriber stops; the event will come again. */
  readonly signal: AbortSignal
}

/**
 * What a service does with the events of a topic. An effect outside the database may be repeated after a crash, so it must be
 * recognisable; events of one stream come in order, those of different streams may be handled side by side.
 * A handler that throws a permanent error (`parks` in the table of errors) has its event parked; whatever else it throws, it is called again.
 */
export interface Subscription<Tables extends SubscriberTables = SubscriberTables> {
  readonly group: string
  readonly topic: string
  /** Events of other types are passed over. */
  readonly handles: readonly string[]
  readonly handle: (event: DecodedEvent, context: HandlerContext<Tables>) => Promise<void>
  /**
   * How many events may share a transaction, and so its flush to disk. After a crash at the worst moment as many effects outside
   * the database are repeated: 1 where a repeat can be seen by somebody.
   */
  readonly eventsPerTransaction: number
}
