import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventStore } from '@magasin/event-store/event-store'
import { openMysqlEventStore } from '@magasin/event-store/mysql/mysql-event-store'
import { openSqliteEventStore } from '@magasin/event-store/sqlite/sqlite-event-store'
import type { StateTable } from '@magasin/event-store/state-table'
import type { EventStoreTables } from '@magasin/event-store/tables'
import { migrateAll, type MigrationSet } from '@magasin/sql/migrate'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openOwnDatabase, type OwnDatabaseOptions } from './open-own-database.ts'

/** The store of a service: its database, in which its events are recorded with the state that follows from them. */
export interface OwnStore<Tables extends EventStoreTables> {
  readonly database: SqlDatabase<Tables>
  readonly events: EventStore
  /** The identity of its log. */
  readonly logId: string
  /** Finishes the commands in line, then lets go of the database. */
  close(): Promise<void>
}

export interface OwnStoreOptions extends Omit<OwnDatabaseOptions, 'readOnly'> {
  readonly catalogue: Catalogue
  /** Those of the service's own tables: the state tables among them. */
  readonly migrations: readonly MigrationSet[]
  readonly stateTables: readonly StateTable[]
}

/**
 * Opens the store of a service, making or migrating its database. Safe for several processes at once.
 * Throws what `openOwnDatabase` does, DATABASE_NEWER, TOPIC_PARTITIONS_CHANGED.
 */
export async function openOwnStore<Tables extends EventStoreTables>(
  options: OwnStoreOptions,
): Promise<OwnStore<Tables>> {
  const { part, catalogue, migrations, stateTables } = options
  const database = await openOwnDatabase<Tables>(options)
  try {
    await migrateAll(database, migrations)
    const openEvents = database.kind === 'sqlite' ? openSqliteEventStore : openMysqlEventStore
    const events = await openEvents<Tables>({ catalogue, owner: part.name, database, stateTables })
    const { log_id: logId } = await narrowDatabase<EventStoreTables, Tables>(database)
      .reader.selectFrom('log_identity')
      .selectAll()
      .executeTakeFirstOrThrow()
    return { database, events, logId, close: () => events.close().finally(() => database.close()) }
  } catch (error) {
    await database.close()
    throw error
  }
}
