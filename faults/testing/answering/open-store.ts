import { openMysqlEventStore } from '@magasin/event-store/mysql/mysql-event-store'
import { openSqliteEventStore } from '@magasin/event-store/sqlite/sqlite-event-store'
import type { EventStoreTables } from '@magasin/event-store/tables'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { catalogue } from './families.ts'
import type { Reached } from './moments.ts'
import { openDatabase, type DatabasePlace } from './place.ts'

export type ServiceTables = EventStoreTables & SubscriberTables

/** The store of one of the two services. */
export async function openStore(owner: string, at: DatabasePlace, reached: Reached) {
  const database = await openDatabase<ServiceTables>(at)
  const open = database.kind === 'sqlite' ? openSqliteEventStore : openMysqlEventStore
  const store = await open({ catalogue, owner, database: watched(database, reached), stateTables: [] })
  return { database, store }
}

const watched = <Tables>(database: SqlDatabase<Tables>, reached: Reached): SqlDatabase<Tables> => ({
  ...database,
  transaction: (body, options) =>
    database.transaction(async (tx) => {
      const result = await body(tx)
      reached('written')
      return result
    }, options),
})
