import { join } from 'node:path'
import type { EventStore } from '@magasin/event-store/event-store'
import { openSqliteEventStore } from '@magasin/event-store/sqlite/event-store'
import { migrate } from '@magasin/sql/migrate'
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

/** The file of the store's database in a data folder. */
export const storeFile = (dataDir: string): string => join(dataDir, 'store.db')

/** Opens the store in a data folder, making or migrating its database. Throws DATA_FOLDER_UNUSABLE, DATABASE_DAMAGED, DATABASE_NEWER. */
export async function openStore({ dataDir }: { readonly dataDir: string }): Promise<Store> {
  const database = openSqlite<StoreTables>({ file: storeFile(dataDir) })
  try {
    await migrate(database, storeManagerMigrations)
    const events = await openSqliteEventStore({ database, stateTables: [users] })
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
