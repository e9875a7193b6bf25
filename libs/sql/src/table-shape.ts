import { sql, type Kysely } from 'kysely'
import type { SqlDatabase } from './sql-database.ts'

/** An index of a table, by which the rows that have some values can be found: no partial one, none of an expression. */
export interface TableIndex {
  /** In their order. */
  readonly columns: readonly string[]
  readonly isUnique: boolean
}

/** What a database says of one of its tables. */
export interface TableShape {
  readonly columns: readonly string[]
  /** The columns of the primary key, in their order. */
  readonly key: readonly string[]
  /** That of the primary key among them. */
  readonly indexes: readonly TableIndex[]
}

/** Reads what a table looks like; undefined if there is none with this name. */
export async function readTableShape<Tables>(
  { kind, reader }: Pick<SqlDatabase<Tables>, 'kind' | 'reader'>,
  table: string,
): Promise<TableShape | undefined> {
  const { columns, parts } = kind === 'sqlite' ? await readSqlite(reader, table) : await readMysql(reader, table)
  if (columns.length === 0) return undefined
  const byIndex = [...Map.groupBy(parts, ({ name }) => name).values()]
  const indexes = byIndex
    .filter((some) => some.every(({ column }) => column !== null))
    .map((some) => ({ columns: some.map(({ column }) => column!), isUnique: some[0]!.isUnique === 1 }))
  const key = parts.filter(({ name }) => name === primary).flatMap(({ column }) => column ?? [])
  return { columns, key, indexes }
}

const primary = 'PRIMARY'

/** One column of an index; null for an expression. */
interface IndexPart {
  readonly name: string
  readonly isUnique: number
  readonly column: string | null
}

interface Found {
  readonly columns: readonly string[]
  readonly parts: readonly IndexPart[]
}

async function readSqlite<Tables>(reader: Kysely<Tables>, table: string): Promise<Found> {
  const columns = await sql<{ name: string; place: number }>`
    select name, pk as place from pragma_table_info(${table})`.execute(reader)
  // The key of a rowid table has no index of its own: the table is.
  const key = columns.rows.filter(({ place }) => place > 0).toSorted((a, b) => a.place - b.place)
  const parts = await sql<IndexPart>`
    select list.name, list."unique" as "isUnique", info.name as "column"
    from pragma_index_list(${table}) as list, pragma_index_info(list.name) as info
    where list.origin <> 'pk' and list.partial = 0 order by list.seq, info.seqno`.execute(reader)
  return {
    columns: columns.rows.map(({ name }) => name),
    parts: [...key.map(({ name }) => ({ name: primary, isUnique: 1, column: name })), ...parts.rows],
  }
}

async function readMysql<Tables>(reader: Kysely<Tables>, table: string): Promise<Found> {
  const columns = await sql<{ name: string }>`
    select column_name as name from information_schema.columns
    where table_schema = database() and table_name = ${table}`.execute(reader)
  const parts = await sql<IndexPart>`
    select index_name as name, 1 - non_unique as \`isUnique\`, column_name as \`column\` from information_schema.statistics
    where table_schema = database() and table_name = ${table} order by index_name, seq_in_index`.execute(reader)
  return { columns: columns.rows.map(({ name }) => name), parts: parts.rows }
}
