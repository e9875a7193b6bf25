import type { DecodedEvent, DomainEvent } from '@magasin/contracts/event-record'
import type { Transaction } from 'kysely'
import type { SubscriberTables } from '../tables.ts'

export interface TransactionContext<Tables extends SubscriberTables> {
  /** The transaction in which the position moves. It refuses every query once the handler is over its limit. */
  readonly tx: Transaction<Tables>
  /** Aborts when the handler is over its limit, or when the subscriber stops; the event will come again. */
  readonly signal: AbortSignal
}

/** A handler whose effect is in the subscriber's own database. */
export interface TransactionHandler<Event extends DomainEvent, Tables extends SubscriberTables> {
  readonly kind: 'inTransaction'
  readonly handle: (event: DecodedEvent<Event>, context: TransactionContext<Tables>) => Promise<void>
  readonly eventsPerTransaction: number
  readonly limitMs: number
}

export interface TransactionOptions {
  /** How many events of a partition may share a transaction, and so its flush to disk. Default 20. */
  readonly eventsPerTransaction?: number
  /** After so long the transaction is rolled back. Default 5 000: a database server ends a transaction that is idle for 10 s. */
  readonly limitMs?: number
}

/**
 * Makes a handler whose effect is in the subscriber's own database. Guarantees, one per line:
 * - what it writes through `tx` is there once, in the transaction in which the position moves, however often the event is delivered;
 * - events of one stream come one after the other, in order; those of other streams may share the transaction, side by side;
 * - a handler that is over its limit is rolled back and tried again; after the third time its event is parked (HANDLER_TIMED_OUT).
 * It may be called more often than once for an event, so it must have no effect but through `tx`. On SQLite nobody else writes meanwhile.
 */
export function inTransaction<Event extends DomainEvent, Tables extends SubscriberTables>(
  handle: TransactionHandler<Event, Tables>['handle'],
  { eventsPerTransaction = 20, limitMs = 5_000 }: TransactionOptions = {},
): TransactionHandler<Event, Tables> {
  if (typeof handle !== 'function') throw new TypeError('inTransaction(…) takes a function')
  return { kind: 'inTransaction', handle, eventsPerTransaction, limitMs }
}
