import type { QueryResult } from 'kysely'
import type { EventStore } from '../event-store.ts'
import { openEventStore } from '../open-event-store.ts'
import type { EventStoreOptions } from '../sql-event-store.ts'
import type { StatementDialect } from '../statement-dialect.ts'
import type { EventStoreTables } from '../tables.ts'
import { conditionOn, quoted, valuesOf } from '../writing/bulk-statements.ts'
import { eventStoreMigrations } from './migrations.ts'

/** BEGIN IMMEDIATE keeps every other writer out, so what was read is held already. */
const dialect: StatementDialect = {
  isSerial: true,
  holding: '',
  byKeyOnly: '',
  // SQLITE_MAX_VARIABLE_NUMBER, https://www.sqlite.org/limits.html
  maxValues: 32_766,
  // One text for all: it is compiled once.
  streamsPerStatement: 1,
  clockMs: `cast(unixepoch('subsec') * 1000 as integer)`,
  overwrite({ table, key, rows }) {
    const columns = Object.keys(rows[0]!).map(quoted)
    const { sql, parameters } = valuesOf(table, rows)
    const set = columns.map((column) => `${column} = excluded.${column}`).join(', ')
    return { sql: `${sql} on conflict (${key.map(quoted).join(', ')}) do update set ${set}`, parameters }
  },
  move({ table, column, where }, by) {
    const condition = conditionOn(where)
    const stood = `${quoted(column)} - ? as stood`
    return {
      sql: `update ${quoted(table)} set ${quoted(column)} = ${quoted(column)} + ?${condition.sql} returning ${stood}`,
      parameters: [by, ...condition.parameters, by],
    }
  },
  stood: ({ rows }: QueryResult<unknown>) => {
    if (rows.length !== 1) throw new Error('a counter of the event store has lost its row')
    return (rows[0] as { readonly stood: number }).stood
  },
}

/**
 * The event store on SQLite: makes or migrates its tables, then opens. The state tables must be there already.
 * Throws DATABASE_NEWER, TOPIC_PARTITIONS_CHANGED.
 */
export function openSqliteEventStore<Tables extends EventStoreTables>(
  options: EventStoreOptions<Tables>,
): Promise<EventStore> {
  return openEventStore(options, { dialect, migrations: eventStoreMigrations })
}
