import type { Statement } from '@magasin/sql/batch'
import type { Cell, Row } from '../state-table.ts'
import type { StatementDialect } from '../statement-dialect.ts'
import { statementText } from './texts.ts'

// The statements of a group, as text. Kysely makes a node of every value and walks all of them several times: that was a third of
// what a command takes of the processor.

type Limits = Pick<StatementDialect, 'maxValues'>

// With every character three bytes of UTF-8, or one that is escaped, a statement stays below the packet that every server takes.
const maxCharacters = 1_000_000

export interface InsertOptions extends Limits {
  /** What stands for a value of some columns instead of `?`; it holds one `?` itself. */
  readonly cells?: Readonly<Record<string, string>>
}

/** Inserts rows, which all have the columns of the first: in one statement, or as many as their values and bytes call for. */
export function insertRows(table: string, rows: readonly Row[], options: InsertOptions): readonly Statement[] {
  return portionsOf(rows, options).map((portion) => valuesOf(table, portion, options.cells))
}

/** `insert into … values …`, all rows in one statement. */
export function valuesOf(table: string, rows: readonly Row[], cells: Readonly<Record<string, string>> = {}): Statement {
  const columns = Object.keys(rows[0]!)
  const parameters: unknown[] = []
  for (const one of rows) for (const column of columns) parameters.push(one[column])
  const given = Object.values(cells).join(' ')
  const sql = statementText(`insert ${rows.length} ${table} ${columns.join(' ')} ${given}`, () => {
    const row = `(${columns.map((column) => cells[column] ?? '?').join(', ')})`
    return `insert into ${quoted(table)} (${columns.map(quoted).join(', ')}) values ${repeated(row, rows.length)}`
  })
  return { sql, parameters }
}

/** Cuts rows into as few portions as the limits of one statement allow. */
export function portionsOf(rows: readonly Row[], { maxValues }: Limits): readonly (readonly Row[])[] {
  if (rows.length === 0) return []
  const maxRows = Math.floor(maxValues / Object.keys(rows[0]!).length)
  const portions: Row[][] = [[]]
  let characters = 0
  for (const row of rows) {
    const size = sizeOf(row)
    let portion = portions.at(-1)!
    if (portion.length > 0 && (portion.length === maxRows || characters + size > maxCharacters)) {
      portions.push((portion = []))
      characters = 0
    }
    portion.push(row)
    characters += size
  }
  return portions
}

function sizeOf(row: Row): number {
  let characters = 0
  for (const name in row) characters += typeof row[name] === 'string' ? row[name].length : 8
  return characters
}

export interface KeysQuery {
  /** `select …`, or `delete`. */
  readonly verb: string
  /** The table, quoted, with what may follow its name. */
  readonly from: string
  readonly columns: readonly string[]
  /** The values of these columns, row by row. */
  readonly keys: readonly (readonly Cell[])[]
  /** What follows the condition: an order, a lock. */
  readonly ending?: string
}

/** What has one of some keys: in one statement, or as many as the number of values calls for. */
export function byKeys(
  { verb, from, columns, keys, ending = '' }: KeysQuery,
  { maxValues }: Limits,
): readonly Statement[] {
  const statements: Statement[] = []
  const perStatement = Math.floor(maxValues / columns.length)
  for (let i = 0; i < keys.length; i += perStatement) {
    const some = keys.length <= perStatement ? keys : keys.slice(i, i + perStatement)
    const sql = statementText(
      `${some.length} ${verb} ${from} ${columns.join(' ')} ${ending}`,
      () => `${verb} from ${from} where ${condition(columns, some.length)}${ending}`,
    )
    statements.push({ sql, parameters: some.length === 1 ? some[0]! : some.flat() })
  }
  return statements
}

/** Of several columns each key is a term of its own: MySQL looks only such terms up, one by one, in the order of the index. */
function condition(columns: readonly string[], count: number): string {
  if (columns.length === 1) return `${quoted(columns[0]!)} in (${repeated('?', count)})`
  const term = `(${columns.map((column) => `${quoted(column)} = ?`).join(' and ')})`
  return Array.from({ length: count }, () => term).join(' or ')
}

/** ` where …` for one row by its key, if it has one. */
export function whereKey({ key }: { readonly key: readonly string[] }): string {
  return key.length === 0 ? '' : ` where ${condition(key, 1)}`
}

/** As both engines understand it. */
export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``

const repeated = (text: string, count: number): string =>
  count === 1 ? text : `${`${text}, `.repeat(count - 1)}${text}`
