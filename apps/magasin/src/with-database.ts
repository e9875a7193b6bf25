import type { EventTables } from '@magasin/event-log/event-table'
import { openCoolrielDatabase } from '@magasin/coolriel/open-database'
import type { ShopConfig } from '@magasin/shop/config'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { openStore, storeFile, type Store } from '@magasin/store-manager/open-store'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { existingDatabase } from './find-database.ts'

type Place = Pick<ShopConfig, 'dataDir' | 'database'>

/** Works on a store that is there, and lets go of it. Throws DATA_MISSING where there is none. */
export async function withExistingStore<T>(config: Place, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(await existingDatabase(config, 'store'))
  return work(store).finally(() => store.close())
}

/**
 * Reads the event table of a store that is there, with no other right than to read it, unless told that what is read will be acted on.
 * Throws DATA_MISSING where there is none.
 */
export async function withEventTable<T>(
  config: Place,
  work: (database: SqlDatabase<EventTables>) => Promise<T>,
  { readOnly = true }: { readonly readOnly?: boolean } = {},
): Promise<T> {
  const { dataDir, database: found } = await existingDatabase(config, 'store')
  const database: SqlDatabase<EventTables> =
    found === 'sqlite' ? openSqlite({ file: storeFile(dataDir), readOnly }) : await openMysql({ ...found, readOnly })
  return work(database).finally(() => database.close())
}

/** Works on the database of a Coolriel that is there, or only reads it. Throws DATA_MISSING where there is none. */
export async function withCoolrielDatabase<T>(
  config: Place,
  work: (database: SqlDatabase<SubscriberTables>) => Promise<T>,
  options: { readonly readOnly?: boolean } = {},
): Promise<T> {
  const database = await openCoolrielDatabase(await existingDatabase(config, 'coolriel'), options)
  return work(database).finally(() => database.close())
}
