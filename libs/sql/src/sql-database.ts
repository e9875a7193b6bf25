import type { Kysely, Transaction } from 'kysely'

/**
 * What a database said no with, in words that every engine shares.
 * `contended`: another writer was in the way, the whole transaction can be tried again (busy, deadlock, lock wait).
 * `unavailable`: it cannot be used now (gone, disk full). `damaged`: its file cannot be read. `unfinished`: a table is missing.
 * `unanswered`: COMMIT was sent and no answer came; the transaction may be there or not (a server can do that, a file cannot).
 * The last four are raised as the errors of `fault-error.ts` already.
 */
export type SqlFault = 'duplicate' | 'contended' | 'unavailable' | 'damaged' | 'unfinished' | 'unanswered' | 'other'

/** A name that is held by nobody else. */
export interface HeldLock {
  /** Aborts when the lock was lost without being released, because the connection that held it is gone: somebody else may have it. */
  readonly lost: AbortSignal
  /** Lets go of it; never rejects. Idempotent. */
  release(): Promise<void>
}

/**
 * The port to a relational database. Guarantees, one per line:
 * - `reader` sees only what is committed, and what this process committed before it asked;
 * - a transaction is all or nothing, and durable when `transaction` resolves, also against a power cut;
 * - one transaction at a time writes the rows that another holds; it waits, it does not fail;
 * - a body may run more than once (contention): it must have no effect outside the transaction.
 * An adapter may not assume that it is the only process with this database open.
 */
export interface SqlDatabase<Tables> {
  readonly kind: 'sqlite' | 'mysql'
  /** Queries outside any transaction. */
  readonly reader: Kysely<Tables>
  /**
   * Runs `body` in a transaction and resolves with what it resolved with; rolls back and rejects when it rejects.
   * Contention is met here: the whole body runs again, with backoff, for up to `waitMs` (default 5 000), then STORE_UNAVAILABLE.
   * A COMMIT without an answer is not tried again: STORE_UNAVAILABLE, of which `faultOf` says `unanswered`.
   */
  transaction<T>(body: (tx: Transaction<Tables>) => Promise<T>, options?: { readonly waitMs?: number }): Promise<T>
  /** Runs changes of the schema, alone; in one transaction where the engine can (SQLite), one by one where it cannot (MySQL). */
  changeSchema(change: (db: Kysely<Tables>) => Promise<void>): Promise<void>
  /** What kind of fault a query's error is. */
  faultOf(error: unknown): SqlFault
  /**
   * Resolves when everything that a reader of this database has seen before the call is on disk. Whoever reads something to act on it
   * outside the database settles between the two: MySQL shows a commit before it is durable, and a power cut can take it back.
   */
  settle(): Promise<void>
  /**
   * Waits until nobody else holds `name` in this database, and takes it; rejects with the signal's reason when that aborts first.
   * Among all processes on MySQL, where it is lost with its connection; within this process only on SQLite.
   * Something to save double work with: a holder that was stopped long enough may believe that it still holds it.
   */
  lock(name: string, signal: AbortSignal): Promise<HeldLock>
  /** Rejects unless the database can be written, or read where it is open for reading only. */
  check(): Promise<void>
  /** Waits for the transaction under way, then lets go of the database and of every lock. Idempotent. */
  close(): Promise<void>
}
