import type { Statement } from '@magasin/sql/batch'
import type { QueryResult } from 'kysely'
import type { Cell, Row } from './state-table.ts'

/** Rows of a table that are there already, as they shall be, and the columns of its primary key. */
export interface Overwrite {
  readonly table: string
  readonly key: readonly string[]
  readonly rows: readonly Row[]
}

/** Where SQL engines differ in the statements of the event store; everything else is written once. */
export interface StatementDialect {
  /** One transaction writes at a time from its beginning on: what it read is held, and nothing need be locked or looked at again. */
  readonly isSerial: boolean
  /** The end of a read that holds its rows until the transaction ends; empty if `isSerial`. */
  readonly holding: string
  /** What follows a table's name where only rows with the given keys may be touched, however small the table is. */
  readonly byKeyOnly: string
  /** The most values of one statement. */
  readonly maxValues: number
  /** The clock of the database in milliseconds since 1970, as an expression. */
  readonly clockMs: string
  /**
   * Changes rows that are there and held. Never for rows that may be new: MySQL would take one of these for another that has the same
   * value in another unique column, and overwrite that.
   */
  overwrite(overwrite: Overwrite): Statement
  /** The last `stream_version` of each `stream`, by one seek however long the stream is; no row, or null, for a stream without events. */
  lastVersions(streams: readonly string[]): readonly Statement[]
  /** Adds to a counter and holds it; `stood` reads from the result where it stood. */
  move(counter: Counter, row: readonly Cell[], by: number): Statement
  stood(result: QueryResult<unknown>): number
}

/** A column of numbers, and the columns that name the row of one. Without any, there is one row. */
export interface Counter {
  readonly table: string
  readonly column: string
  readonly key: readonly string[]
}
