import { join } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventStore } from '@magasin/event-store/event-store'
import { openMysqlEventStore } from '@magasin/event-store/mysql/mysql-event-store'
import { openSqliteEventStore } from '@magasin/event-store/sqlite/sqlite-event-store'
import { describeDatabase, type DatabaseSetting } from '@magasin/service-kit/database-setting'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { migrate } from '@magasin/sql/migrate'
import { inspectMysql } from '@magasin/sql/mysql/inspect-mysql'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { StoredTokens, type Tokens } from './access/tokens.ts'
import { storeManagerMigrations } from './state/migrations.ts'
import type { StoreTables } from './state/tables.ts'
import { users } from './state/users.ts'

/** What the store-manager has before it listens, and what the command line works on. */
export interface Store {
  readonly database: SqlDatabase<StoreTables>
  readonly events: EventStore
  readonly tokens: Tokens
  /** Finishes the commands in line, then lets go of the database. */
  close(): Promise<void>
}

/** Where a store is: in a file of its data folder, unless `database` names a server. */
export interface StorePlace {
  readonly dataDir: string
  readonly database?: DatabaseSetting
}

/** The file of the store's database in a data folder. */
export const storeFile = (dataDir: string): string => join(dataDir, 'store.db')

/**
 * Opens the store, making or migrating its database. Safe for several processes at once.
 * Throws CONFIG_INVALID where it is a subscriber's, DATA_FOLDER_UNUSABLE, DATABASE_DAMAGED, DATABASE_NEWER, DATABASE_REFUSED, STORE_UNAVAILABLE.
 */
export async function openStore(place: StorePlace): Promise<Store> {
  const database = await openDatabase(place)
  try {
    await migrate(database, storeManagerMigrations)
    const openEvents = database.kind === 'sqlite' ? openSqliteEventStore : openMysqlEventStore
    const events = await openEvents({
      catalogue: shopCatalogue,
      owner: 'store-manager',
      database,
      stateTables: [users],
    })
    return {
      database,
      events,
      tokens: new StoredTokens(database),
      close: () => events.close().finally(() => database.close()),
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

async function openDatabase({ dataDir, database = 'sqlite' }: StorePlace): Promise<SqlDatabase<StoreTables>> {
  if (database === 'sqlite') return openSqlite({ file: storeFile(dataDir) })
  if ((await inspectMysql(database)).tables.includes('positions'))
    throw new MagasinError(
      'CONFIG_INVALID',
      `the settings are wrong:\n  MAGASIN_DB names the database of a subscriber, ${describeDatabase(database)}: give the store one of its own`,
    )
  return openMysql(database)
}
