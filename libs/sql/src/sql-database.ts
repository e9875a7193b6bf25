import type { Kysely, Transaction } from 'kysely'

/**
 * Why a database refused, in words that all kinds of database share.
 * `contended`: another writer was in the way, the whole transaction can be tried again (busy, deadlock, lock wait).
 * `unavailable`: it cannot be used now (gone, disk full). `damaged`: its file cannot be read. `unfinished`: a table is missing.
 * `unanswered`: COMMIT was sent and no answer came; the transaction may be there or not (a server can do that, a file cannot).
 * All but `duplicate`, `contended` and `other` are thrown as the errors of `fault-error.ts`.
 */
export type SqlFault = 'duplicate' | 'contended' | 'unavailable' | 'damaged' | 'unfinished' | 'unanswered' | 'other'

/** A name that one holder has at a time. */
export interface HeldLock {
  /** Aborts when the lock was lost without being released, because its connection is gone: another process may have it now. */
  readonly lost: AbortSignal
  /** Lets go of it; never rejects. Idempotent. */
  release(): Promise<void>
}

/**
 * The port to a relational database. Guarantees, one per line:
 * - `reader` sees only what is committed, and what this process committed before it asked;
 * - a transaction is all or nothing, and durable when `transaction` resolves, also against a power cut;
 * - a transaction that writes a row which another transaction holds waits, and does not fail;
 * - a body may run more than once (contention): it must have no effect outside the transaction.
 * An adapter may not assume that it is the only process with this database open.
 */
export interface SqlDatabase<Tables> {
  readonly kind: 'sqlite' | 'mysql'
  /** Queries outside any transaction. */
  readonly reader: Kysely<Tables>
  /**
   * Runs `body` in a transaction and resolves with what it resolved with; rolls back and rejects when it rejects.
   * Contention is handled here: the whole body runs again, with backoff, for up to `waitMs` (default 5 000), then STORE_UNAVAILABLE.
   * A COMMIT without an answer is not tried again: STORE_UNAVAILABLE, and `faultOf` that error is `unanswered`.
   */
  transaction<T>(body: (tx: Transaction<Tables>) => Promise<T>, options?: { readonly waitMs?: number }): Promise<T>
  /**
   * Runs changes of the schema, while nobody else changes the schema of this database.
   * - SQLite: one transaction, of the writer. It waits for other writers as any transaction does.
   * - MySQL: each statement commits by itself, and no statement has a time limit. It waits for another process that changes the schema
   *   for as long as it takes, also for a statement of one that died in the middle. STORE_UNAVAILABLE when the server falls silent.
   */
  changeSchema(change: (db: Kysely<Tables>) => Promise<void>): Promise<void>
  /** What kind of fault a query's error is. */
  faultOf(error: unknown): SqlFault
  /**
   * Resolves when everything that a reader of this database has seen before the call is on disk. Call it between reading something
   * and acting on it outside the database: MySQL shows a commit before it is durable, and a power cut can take it back.
   */
  settle(): Promise<void>
  /**
   * Waits until nobody else holds `name` in this database, and takes it; rejects with the signal's reason if that aborts first.
   * MySQL: among all processes; the lock is lost with its connection. SQLite: within this process only.
   * It saves double work and proves nothing: a holder that was stopped for long may believe that it still has the lock.
   */
  lock(name: string, signal: AbortSignal): Promise<HeldLock>
  /** Rejects unless the database can be written; if it is open for reading only, unless it can be read. */
  check(): Promise<void>
  /** Waits for the transaction under way, then lets go of the database and of every lock. Idempotent. */
  close(): Promise<void>
}
