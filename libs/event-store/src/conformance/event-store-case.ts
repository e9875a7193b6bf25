import type { TestContext } from 'node:test'
import type { Catalogue } from '@magasin/contracts/catalogue'
import type { MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { EventStore } from '../event-store.ts'
import type { StateTable } from '../state-table.ts'
import type { PeopleTables } from '../testing/people.ts'

export interface OpenStoreOptions {
  /** That of the travel club by default. */
  readonly catalogue?: Catalogue
  /** The club by default. */
  readonly owner?: string
  readonly stateTables?: readonly StateTable[]
  readonly now?: () => Date
  /** Puts something between the store and its database. */
  readonly through?: (database: SqlDatabase<PeopleTables>) => SqlDatabase<PeopleTables>
}

/** An engine under examination. */
export interface EventStoreCase {
  readonly engine: string
  /** Several transactions can read at the same time before one of them writes. */
  readonly readTogether: boolean
  /**
   * A database of the test's own with the table of people, freed at the end; `store` opens an event store on it,
   * on connections of its own, as another process would.
   */
  open(t: TestContext): Promise<{
    readonly database: SqlDatabase<PeopleTables>
    /** Where the database is, for another process. */
    readonly location: { readonly file: string } | MysqlOptions
    store(options?: OpenStoreOptions): Promise<EventStore>
  }>
}
