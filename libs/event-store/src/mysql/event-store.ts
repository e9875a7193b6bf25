import { sql, type Kysely } from 'kysely'
import type { Engine } from '../engine.ts'
import type { EventStore } from '../event-store.ts'
import { openEventStore } from '../open-event-store.ts'
import type { EventStoreOptions } from '../sql-event-store.ts'
import type { Cell } from '../state-table.ts'
import type { EventStoreTables } from '../tables.ts'
import { eventStoreMigrations } from './migrations.ts'

const engine: Engine = {
  forUpdate: (query) => query.forUpdate(),
  holding: 'for update',
  async overwrite(tx, { table, rows }) {
    const columns = Object.keys(rows[0]!)
    await (tx as unknown as Kysely<Record<string, Record<string, Cell>>>)
      .insertInto(table)
      .values(rows)
      // MySQL has a newer word for VALUES(), which MariaDB does not know; both know this one.
      .onDuplicateKeyUpdate(Object.fromEntries(columns.map((column) => [column, sql`values(${sql.ref(column)})`])))
      .execute()
  },
  async takeCommits(tx, count) {
    // LAST_INSERT_ID(x) sends x back with the answer to an UPDATE; 0 arrives as none.
    const move = sql`update command_counter set last_command = last_insert_id(last_command) + ${count}`
    const { insertId = 0n, numAffectedRows } = await move.execute(tx)
    if (numAffectedRows !== 1n) throw new Error('the table command_counter has lost its row')
    return Number(insertId)
  },
}

/**
 * The event store on MySQL and MariaDB: makes or migrates its tables, then opens. The state tables must be there already.
 * Throws DATABASE_NEWER, TOPIC_PARTITIONS_CHANGED, UPCASTER_MISSING.
 */
export function openMysqlEventStore<Tables extends EventStoreTables>(
  options: EventStoreOptions<Tables>,
): Promise<EventStore> {
  return openEventStore(options, { engine, migrations: eventStoreMigrations })
}
