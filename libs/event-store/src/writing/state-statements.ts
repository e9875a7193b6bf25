import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Statement } from '@magasin/sql/batch'
import type { Cell, Row } from '../state-table.ts'
import type { StatementDialect } from '../statement-dialect.ts'
import { byKeys, insertRows, portionsOf, quoted } from './bulk-statements.ts'
import { sortedKeys, type HeldTable } from './held-table.ts'
import { inTurns } from './in-turns.ts'
import { rowsOf, type Question } from './run-questions.ts'

/** What a decision read has changed before it was held: the transaction is undone and tried again. */
export class StateChanged extends MagasinError {
  constructor(table: string) {
    super('STORE_UNAVAILABLE', `other writers kept changing what was read of ${table}: try again later`)
  }
}

/** Reads the rows with these keys and holds those that are there, in the order of the primary key. */
export function readByKey(held: HeldTable, keys: readonly (readonly Cell[])[], dialect: StatementDialect): Question {
  const { name, key } = held.table
  const sorted = sortedKeys(keys)
  const from = quoted(name) + dialect.byKeyOnly
  const ending = `${orderBy(key)}${dialect.holding}`
  const statements = byKeys({ verb: 'select *', from, columns: key, keys: sorted, ending }, dialect)
  return { statements, read: (results) => held.readByKey(keys, rowsOf(results) as readonly Row[]) }
}

/** Looks which of these keys are there. It holds none of them. */
export function probeKeys(
  held: HeldTable,
  keys: readonly (readonly Cell[])[],
  dialect: StatementDialect,
): Question<readonly Row[]> {
  const { name, key } = held.table
  const verb = `select ${key.map(quoted).join(', ')}`
  return {
    statements: byKeys({ verb, from: quoted(name), columns: key, keys }, dialect),
    read: (results) => rowsOf(results) as readonly Row[],
  }
}

/** Looks up the rows that have these values in a column. It holds none of them: their keys are for `readByKey`. */
export function readByColumn(
  held: HeldTable,
  { column, values }: { readonly column: string; readonly values: readonly Cell[] },
  dialect: StatementDialect,
): Question<readonly Row[]> {
  const verb = dialect.isSerial ? 'select *' : `select ${columnsOf(held, column)}`
  const keys = values.map((value) => [value])
  const statements = byKeys({ verb, from: quoted(held.table.name), columns: [column], keys }, dialect)
  return {
    statements,
    read(results) {
      const found = rowsOf(results) as readonly Row[]
      held.readByColumn(column, values, found)
      if (dialect.isSerial) held.readByKey([], found)
      return found
    },
  }
}

/**
 * Looks once more for what was read and could not be locked: keys and values that nobody had, and the set of rows that have a value.
 * Runs while the command counter is held: whatever is committed is seen, and nobody else can write. Throws StateChanged.
 */
export function lookAgain(tables: readonly HeldTable[], dialect: StatementDialect): readonly Question[] {
  if (dialect.isSerial) return []
  return tables.flatMap((held) => [...lookForKeys(held, dialect), ...lookForValues(held, dialect)])
}

function lookForKeys(held: HeldTable, dialect: StatementDialect): readonly Question[] {
  const { name, key } = held.table
  const keys = held.absentKeys()
  if (keys.length === 0) return []
  const statements = byKeys({ verb: 'select 1', from: quoted(name), columns: key, keys, ending: ' limit 1' }, dialect)
  const read: Question['read'] = (results) => {
    if (rowsOf(results).length > 0) throw new StateChanged(name)
  }
  return [{ statements, read }]
}

function lookForValues(held: HeldTable, dialect: StatementDialect): readonly Question[] {
  const { name } = held.table
  return held.openValues().map(({ column, values }) => {
    const keys = values.map((value) => [value])
    const verb = `select ${columnsOf(held, column)}`
    return {
      statements: byKeys({ verb, from: quoted(name), columns: [column], keys }, dialect),
      read(results) {
        const found = Map.groupBy(rowsOf(results) as readonly Row[], (row): Cell => row[column]!)
        if (!values.every((value) => held.isAsRead(column, value, found.get(value) ?? []))) throw new StateChanged(name)
      },
    }
  })
}

/**
 * Writes what changed. Rows that are gone first, from the last table to the first; then, from the first to the last, those that stay
 * and those that are new: a foreign key points to a table before its own, and a unique value is free before somebody takes it.
 * Throws EVENT_INVALID if rows that stay exchange unique values.
 */
export function writeState(tables: readonly HeldTable[], dialect: StatementDialect): readonly Statement[] {
  const changes = tables.map((held) => ({ ...held.table, ...held.changes(), table: held.table }))
  // Row by row: MySQL deletes rows of several keys by reading a small table from end to end, and waits there for rows of others, who
  // wait for us.
  const gone = changes
    .toReversed()
    .flatMap(({ name, key, gone: keys }) =>
      keys.flatMap((one) => byKeys({ verb: 'delete', from: quoted(name), columns: key, keys: [one] }, dialect)),
    )
  const written = changes.flatMap(({ table, name, key, kept, made }) => [
    ...inTurns(table, kept).flatMap((rows) =>
      portionsOf(rows, dialect).map((some) => dialect.overwrite({ table: name, key, rows: some })),
    ),
    ...insertRows(name, made, dialect),
  ])
  return [...gone, ...written]
}

const columnsOf = (held: HeldTable, column: string): string =>
  [...new Set([...held.table.key, column])].map(quoted).join(', ')

const orderBy = (columns: readonly string[]): string => ` order by ${columns.map(quoted).join(', ')}`
