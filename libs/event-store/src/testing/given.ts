import assert from 'node:assert/strict'
import type { Command, Decision, Lookup, StateView } from '../commands/command.ts'
import type { Row } from '../state-table.ts'

/** A table, and the rows that are in it. */
type Rows = readonly [table: { readonly name: string }, ...rows: readonly Row[]]

/**
 * What a command decides in a state, without a database: `given([users, row]).when(createUser(…), { id: 42 })`. As in a store, a
 * decision sees what it declared to read and nothing else.
 */
export function given(...tables: readonly Rows[]) {
  return {
    when<Answer>(
      command: Command<Answer>,
      { id = 1, now = new Date(0) }: { readonly id?: number; readonly now?: Date } = {},
    ): Decision<Answer> {
      const { reads } = command
      const declared = typeof reads === 'function' ? readInWaves(tables, reads) : reads
      return command.decide(viewOf(tables, declared), { id, now })
    },
  }
}

function readInWaves(tables: readonly Rows[], reads: (soFar: StateView) => readonly Lookup[]): readonly Lookup[] {
  let asked: readonly Lookup[] = []
  for (;;) {
    const now = reads(viewOf(tables, asked))
    if (now.length <= asked.length) return now
    asked = now
  }
}

function viewOf(tables: readonly Rows[], declared: readonly Lookup[]): StateView {
  const list = (table: { readonly name: string }, where: Lookup['where']): readonly Row[] => {
    const isDeclared = declared.some((one) => one.table.name === table.name && isSame(one.where, where))
    assert.ok(isDeclared, `${table.name} is looked up by ${JSON.stringify(where)}, which was not declared`)
    const rows = tables.filter(([{ name }]) => name === table.name).flatMap(([, ...found]) => found)
    return rows.filter((row) => Object.entries(where).every(([column, value]) => row[column] === value))
  }
  return { find: (table, where) => list(table, where as Lookup['where'])[0], list } as StateView
}

const isSame = (a: Lookup['where'], b: Lookup['where']): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([column, value]) => b[column] === value)
