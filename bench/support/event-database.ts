import type { EventStoreTables } from '@magasin/event-store/tables'
import { openMysqlEventStore } from '@magasin/event-store/mysql/mysql-event-store'
import { openSqliteEventStore } from '@magasin/event-store/sqlite/sqlite-event-store'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { mysqlOptions } from './mysql-options.ts'
import { numberUsers } from './user-rows.ts'

/** The tables of an event store, without the state that goes with them. */
export interface EventDatabase {
  readonly database: SqlDatabase<EventStoreTables>
  readonly logId: string
  close(): Promise<void>
}

/** Opens, and makes where it is not there, what a location names: `mysql://user@host:port/name`, or a file of SQLite. */
export async function openEventDatabase(location: string): Promise<EventDatabase> {
  const isMysql = location.startsWith('mysql://')
  const database = isMysql
    ? await openMysql<EventStoreTables>(mysqlOptions(location))
    : openSqlite<EventStoreTables>({ file: location })
  const open = isMysql ? openMysqlEventStore : openSqliteEventStore
  const store = await open({ catalogue: shopCatalogue, owner: 'store-manager', database, stateTables: [] })
  return { database, logId: store.logId, close: () => store.close().finally(() => database.close()) }
}

const perTransaction = 1_000

/** Records so many users as events in a database that holds none, as if each had been created by a command of its own. */
export async function fillEvents(location: string, events: number): Promise<void> {
  const { database, close } = await openEventDatabase(location)
  const rowsOf = numberUsers({ commandNo: 0, seqs: new Map() })
  const seqs = new Map<number, number>()
  for (let recorded = 0; recorded < events; recorded += perTransaction) {
    const count = Math.min(perTransaction, events - recorded)
    const rows = Array.from({ length: count }, (_, i) => rowsOf(recorded + i + 1).event)
    await database.transaction((tx) => tx.insertInto('events').values(rows).execute())
    for (const { partition, seq } of rows) seqs.set(partition, seq)
  }
  await database.transaction(async (tx) => {
    for (const [partition, last_seq] of seqs)
      await tx
        .updateTable('partition_counters')
        .set({ last_seq })
        .where('topic', '=', 'user-events')
        .where('partition', '=', partition)
        .execute()
  })
  await close()
}
