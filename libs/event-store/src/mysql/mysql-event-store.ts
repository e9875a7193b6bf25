import type { QueryResult } from 'kysely'
import type { EventStore } from '../event-store.ts'
import { openEventStore } from '../open-event-store.ts'
import type { EventStoreOptions } from '../sql-event-store.ts'
import type { StatementDialect } from '../statement-dialect.ts'
import type { EventStoreTables } from '../tables.ts'
import { conditionOn, quoted, valuesOf } from '../writing/bulk-statements.ts'
import { eventStoreMigrations } from './migrations.ts'

const dialect: StatementDialect = {
  isSerial: false,
  holding: ' for update',
  // A table of few rows is read from end to end otherwise, and waits for rows that nobody asked for.
  byKeyOnly: ' force index (primary)',
  // Values are part of the text here; it is bytes that bound a statement.
  maxValues: 32_766,
  streamsPerStatement: 100,
  clockMs: 'cast(unix_timestamp(now(3)) * 1000 as signed)',
  overwrite({ table, rows }) {
    const columns = Object.keys(rows[0]!).map(quoted)
    const { sql, parameters } = valuesOf(table, rows)
    // MySQL has a newer word for VALUES(), which MariaDB does not know; both know this one.
    const set = columns.map((column) => `${column} = values(${column})`).join(', ')
    return { sql: `${sql} on duplicate key update ${set}`, parameters }
  },
  move({ table, column, where }, by) {
    const condition = conditionOn(where)
    // LAST_INSERT_ID(x) sends x back with the answer to an UPDATE; 0 arrives as none.
    const moved = `last_insert_id(${quoted(column)}) + ?`
    return {
      sql: `update ${quoted(table)} set ${quoted(column)} = ${moved}${condition.sql}`,
      parameters: [by, ...condition.parameters],
    }
  },
  // Rows that match count as affected, also if nothing is added (FOUND_ROWS).
  stood: ({ insertId = 0n, numAffectedRows }: QueryResult<unknown>) => {
    if (numAffectedRows !== 1n) throw new Error('a counter of the event store has lost its row')
    return Number(insertId)
  },
}

/**
 * The event store on MySQL and MariaDB: makes or migrates its tables, then opens. The state tables must be there already.
 * Throws DATABASE_NEWER, TOPIC_PARTITIONS_CHANGED.
 */
export function openMysqlEventStore<Tables extends EventStoreTables>(
  options: EventStoreOptions<Tables>,
): Promise<EventStore> {
  return openEventStore(options, { dialect, migrations: eventStoreMigrations })
}
