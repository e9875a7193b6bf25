import { CompiledQuery, type Transaction } from 'kysely'
import type { Cell, Row } from './state-table.ts'

// The statements that grow with a group, as text. Kysely makes a node of every value and walks all of them several times: that was a
// third of what a command takes of the processor.

/** Inserts rows, which all have the columns of the first. */
export async function insertRows<Tables>(
  tx: Transaction<Tables>,
  table: keyof Tables & string,
  rows: readonly Row[],
): Promise<void> {
  const columns = Object.keys(rows[0]!)
  const row = `(${placeholders(columns.length)})`
  const text = `insert into ${quoted(table)} (${columns.map(quoted).join(', ')}) values ${repeated(row, rows.length)}`
  const values = rows.flatMap((one) => columns.map((column) => one[column]))
  await tx.executeQuery(CompiledQuery.raw(text, values))
}

export interface ValuesQuery {
  readonly select: string
  readonly table: string
  readonly column: string
  readonly values: readonly Cell[]
  /** What stands behind the condition: an order, a lock. */
  readonly then: string
}

/** The rows in which a column has one of some values. */
export async function selectByValues<Found>(
  tx: Pick<Transaction<unknown>, 'executeQuery'>,
  { select, table, column, values, then }: ValuesQuery,
): Promise<readonly Found[]> {
  const condition = `${quoted(column)} in (${placeholders(values.length)})`
  const text = `select ${select} from ${quoted(table)} where ${condition} ${then}`
  return (await tx.executeQuery<Found>(CompiledQuery.raw(text, [...values]))).rows
}

/** As both engines understand it. */
const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``

const placeholders = (count: number): string => repeated('?', count)

const repeated = (text: string, count: number): string => Array.from({ length: count }, () => text).join(', ')
