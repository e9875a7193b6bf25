import type { Statement } from '@magasin/sql/batch'
import type { QueryResult } from 'kysely'
import type { EventStore } from '../event-store.ts'
import { openEventStore } from '../open-event-store.ts'
import type { EventStoreOptions } from '../sql-event-store.ts'
import type { StatementDialect } from '../statement-dialect.ts'
import type { EventStoreTables } from '../tables.ts'
import { quoted, valuesOf, whereKey } from '../writing/bulk-statements.ts'
import { statementText } from '../writing/texts.ts'
import { eventStoreMigrations } from './migrations.ts'

// More of them is a text that the server takes long to read.
const streamsPerStatement = 100

/**
 * A query for each stream, prepared once for all of them: with `group by` the server may read all events of a stream, and a union of as
 * many queries takes it ten times as long. The conversion makes the given text comparable to the column by its index.
 */
function lastVersions(streams: number): string {
  const given = ['select ? as stream', ...Array.from({ length: streams - 1 }, () => 'select ?')].join(' union all ')
  return `select given.stream, (
    select stream_version from events force index (stream)
    where events.stream = cast(given.stream as char character set ascii) collate ascii_bin
    order by stream_version desc limit 1
  ) as stream_version from (${given}) as given`
}

/** Exported for the tests of what the statements cost. */
export const mysqlDialect: StatementDialect = {
  isSerial: false,
  holding: ' for update',
  // A table of few rows is read from end to end otherwise, and waits for rows that nobody asked for.
  byKeyOnly: ' force index (primary)',
  // Values are part of the text here; it is bytes that bound a statement.
  maxValues: 32_766,
  clockMs: 'cast(unix_timestamp(now(3)) * 1000 as signed)',
  overwrite({ table, rows }) {
    const { sql, parameters } = valuesOf(table, rows)
    // MySQL has a newer word for VALUES(), which MariaDB does not know; both know this one.
    const set = Object.keys(rows[0]!).map((column) => `${quoted(column)} = values(${quoted(column)})`)
    return { sql: `${sql} on duplicate key update ${set.join(', ')}`, parameters }
  },
  lastVersions(streams) {
    const statements: Statement[] = []
    for (let i = 0; i < streams.length; i += streamsPerStatement) {
      const some = streams.slice(i, i + streamsPerStatement)
      statements.push({
        sql: statementText(`mysql versions ${some.length}`, () => lastVersions(some.length)),
        parameters: some,
      })
    }
    return statements
  },
  move(counter, row, by) {
    const sql = statementText(`mysql move ${counter.table}`, () => {
      const column = quoted(counter.column)
      // LAST_INSERT_ID(x) sends x back with the answer to an UPDATE; 0 arrives as none.
      return `update ${quoted(counter.table)} set ${column} = last_insert_id(${column}) + ?${whereKey(counter)}`
    })
    return { sql, parameters: [by, ...row] }
  },
  // Rows that match count as affected, also if nothing is added (FOUND_ROWS).
  stood: ({ insertId = 0n, numAffectedRows }: QueryResult<unknown>) => {
    if (numAffectedRows !== 1n) throw new Error('a counter of the event store has lost its row')
    return Number(insertId)
  },
}

/**
 * The event store on MySQL and MariaDB: makes or migrates its tables, then opens. The state tables must be there already.
 * Throws DATABASE_NEWER, TOPIC_PARTITIONS_CHANGED, and DATA_MISSING if a state table is not what it is declared to be.
 */
export function openMysqlEventStore<Tables extends EventStoreTables>(
  options: EventStoreOptions<Tables>,
): Promise<EventStore> {
  return openEventStore(options, { dialect: mysqlDialect, migrations: eventStoreMigrations })
}
