import type { Transaction } from 'kysely'
import type { Row } from './state-table.ts'
import type { EventStoreTables } from './tables.ts'

/** Rows of any table that are there already, as they shall be, and the columns of its primary key. */
export interface Overwrite {
  readonly table: string
  readonly key: readonly string[]
  readonly rows: readonly Row[]
}

/** Where SQL engines differ in the statements of the event store; everything else is written once. */
export interface Engine {
  /** Makes a read hold its rows until the transaction ends. */
  forUpdate<Query extends { forUpdate(): Query }>(query: Query): Query
  /** The same, as the end of a statement. */
  readonly holding: '' | 'for update'
  /**
   * Changes rows that are there and held, all in one statement. Never for rows that may be new: MySQL would take one of these for
   * another that has the same value in another unique column, and overwrite that.
   */
  overwrite(tx: Transaction<EventStoreTables>, overwrite: Overwrite): Promise<void>
  /** Moves the commit counter by so many, in one statement, and holds it; resolves with where it stood. */
  takeCommits(tx: Transaction<EventStoreTables>, count: number): Promise<number>
}
