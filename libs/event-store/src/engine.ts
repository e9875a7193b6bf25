import type { Transaction } from 'kysely'
import type { Row } from './state-table.ts'
import type { EventStoreTables } from './tables.ts'

/** Rows to write into any table, and the columns that tell which are there already. */
export interface Upsert {
  readonly table: string
  readonly key: readonly string[]
  readonly rows: readonly Row[]
}

/** Where SQL engines differ in the statements of the event store; everything else is written once. */
export interface Engine {
  /** Makes a read hold its rows until the transaction ends. */
  forUpdate<Query extends { forUpdate(): Query }>(query: Query): Query
  /** Inserts rows, and changes those that are there already. */
  upsert(tx: Transaction<EventStoreTables>, upsert: Upsert): Promise<void>
}
