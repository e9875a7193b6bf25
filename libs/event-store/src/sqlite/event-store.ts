import type { Kysely } from 'kysely'
import type { Engine } from '../engine.ts'
import type { EventStore } from '../event-store.ts'
import { openEventStore } from '../open-event-store.ts'
import type { EventStoreOptions } from '../sql-event-store.ts'
import type { Cell } from '../state-table.ts'
import type { EventStoreTables } from '../tables.ts'
import { eventStoreMigrations } from './migrations.ts'

/** BEGIN IMMEDIATE keeps every other writer out, so a row that was read is held already. */
const engine: Engine = {
  forUpdate: (query) => query,
  holding: '',
  async overwrite(tx, { table, key, rows }) {
    await (tx as unknown as Kysely<Record<string, Record<string, Cell>>>)
      .insertInto(table)
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(key)
          .doUpdateSet((eb) =>
            Object.fromEntries(Object.keys(rows[0]!).map((column) => [column, eb.ref(`excluded.${column}`)])),
          ),
      )
      .execute()
  },
  async takeCommits(tx, count) {
    const move = tx.updateTable('command_counter').set((eb) => ({ last_command: eb('last_command', '+', count) }))
    return (await move.returning('last_command').executeTakeFirstOrThrow()).last_command - count
  },
}

/**
 * The event store on SQLite: makes or migrates its tables, then opens. The state tables must be there already.
 * Throws DATABASE_NEWER, TOPIC_PARTITIONS_CHANGED, UPCASTER_MISSING.
 */
export function openSqliteEventStore<Tables extends EventStoreTables>(
  options: EventStoreOptions<Tables>,
): Promise<EventStore> {
  return openEventStore(options, { engine, migrations: eventStoreMigrations })
}
