import type { QueryResult } from 'kysely'
import type { EventStore } from '../event-store.ts'
import { openEventStore } from '../open-event-store.ts'
import type { EventStoreOptions } from '../sql-event-store.ts'
import type { StatementDialect } from '../statement-dialect.ts'
import type { EventStoreTables } from '../tables.ts'
import { quoted, valuesOf, whereKey } from '../writing/bulk-statements.ts'
import { statementText } from '../writing/texts.ts'
import { eventStoreMigrations } from './migrations.ts'

/** One seek, however long the stream is. */
export const lastVersion =
  'select stream, stream_version from events where stream = ? order by stream_version desc limit 1'

/** BEGIN IMMEDIATE keeps every other writer out, so what was read is held already. */
const dialect: StatementDialect = {
  isSerial: true,
  holding: '',
  byKeyOnly: '',
  // SQLITE_MAX_VARIABLE_NUMBER, https://www.sqlite.org/limits.html
  maxValues: 32_766,
  clockMs: `cast(unixepoch('subsec') * 1000 as integer)`,
  overwrite({ table, key, rows }) {
    const { sql, parameters } = valuesOf(table, rows)
    return {
      sql: statementText(
        `sqlite overwrite ${rows.length} ${table} ${key.join(' ')}: ${Object.keys(rows[0]!).join(' ')}`,
        () => {
          const columns = Object.keys(rows[0]!).map(quoted)
          const set = columns.map((column) => `${column} = excluded.${column}`).join(', ')
          return `${sql} on conflict (${key.map(quoted).join(', ')}) do update set ${set}`
        },
      ),
      parameters,
    }
  },
  // One text for all: it is compiled once.
  lastVersions: (streams) => streams.map((stream) => ({ sql: lastVersion, parameters: [stream] })),
  move(counter, row, by) {
    const sql = statementText(`sqlite move ${counter.table}`, () => {
      const column = quoted(counter.column)
      return `update ${quoted(counter.table)} set ${column} = ${column} + ?${whereKey(counter)} returning ${column} - ? as stood`
    })
    return { sql, parameters: [by, ...row, by] }
  },
  stood: ({ rows }: QueryResult<unknown>) => {
    if (rows.length !== 1) throw new Error('a counter of the event store has lost its row')
    return (rows[0] as { readonly stood: number }).stood
  },
}

/**
 * The event store on SQLite: makes or migrates its tables, then opens. The state tables must be there already.
 * Throws DATABASE_NEWER, TOPIC_PARTITIONS_CHANGED, and DATA_MISSING if a state table is not what it is declared to be.
 */
export function openSqliteEventStore<Tables extends EventStoreTables>(
  options: EventStoreOptions<Tables>,
): Promise<EventStore> {
  return openEventStore(options, { dialect, migrations: eventStoreMigrations })
}
