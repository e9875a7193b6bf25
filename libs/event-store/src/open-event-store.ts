import { migrate, type MigrationSet } from '@magasin/sql/migrate'
import { narrowDatabase } from '@magasin/sql/narrow'
import { checkStateTables } from './check-state-tables.ts'
import type { EventStore } from './event-store.ts'
import { prepareTopics } from './prepare-topics.ts'
import { SqlEventStore, type EventStoreOptions } from './sql-event-store.ts'
import type { StatementDialect } from './statement-dialect.ts'
import type { EventStoreTables } from './tables.ts'

/** What makes an SQL database an event store: its tables there, and the statements in which engines differ. */
export interface EventStoreAdapter {
  readonly dialect: StatementDialect
  readonly migrations: MigrationSet
}

/**
 * Makes or migrates the tables of an event store, then opens it, with the identity that it was made with. Throws DATABASE_NEWER,
 * TOPIC_PARTITIONS_CHANGED, and what `checkStateTables` does.
 */
export async function openEventStore<Tables extends EventStoreTables>(
  options: EventStoreOptions<Tables>,
  { dialect, migrations }: EventStoreAdapter,
): Promise<EventStore> {
  const database = narrowDatabase<EventStoreTables, Tables>(options.database)
  await migrate(database, migrations)
  await checkStateTables(options.stateTables, { ...options, database })
  await prepareTopics(database, options.catalogue.topicsOf(options.owner))
  const { log_id: logId } = await database.reader.selectFrom('log_identity').selectAll().executeTakeFirstOrThrow()
  const { secret } = await database.reader.selectFrom('store_secret').selectAll().executeTakeFirstOrThrow()
  return new SqlEventStore({ ...options, database, dialect, logId, secret })
}
