import type { Command, Decision } from '../commands/command.ts'
import type { Row, StateTable } from '../state-table.ts'
import { AskedRows } from '../writing/asked-rows.ts'
import { withoutId } from '../writing/decide-group.ts'
import { waves } from '../writing/read-state.ts'
import { WorkingSet } from '../writing/working-set.ts'

/** A table, and the rows that are in it. */
// Of rows of any kind: a table of some rows is none of all.
type Rows = readonly [table: StateTable<never, never>, ...rows: readonly Row[]]

/**
 * What a command decides in a state, without a database: `given([users, row]).when(createUser(…), { id: 42 })`. It reads, decides and
 * projects as in a store that was opened with these tables, in their order: a decision sees what it declared to read and nothing else,
 * in waves if it asks so, and an event that a table cannot project is an error.
 */
export function given(...tables: readonly Rows[]) {
  return {
    when<Answer>(
      command: Command<Answer>,
      { id = 1, now = new Date(0) }: { readonly id?: number; readonly now?: Date } = {},
    ): Decision<Answer> {
      const state = new WorkingSet(tables.map(([table]) => table as unknown as StateTable))
      readAll(command, state, tables)
      const decision = command.decide(state, command.newId === undefined ? withoutId(now) : { id, now })
      state.apply(decision.events, now.toISOString())
      return decision
    },
  }
}

function readAll(command: Command<unknown>, state: WorkingSet, tables: readonly Rows[]): void {
  const asked = new AskedRows(command, state, () => false)
  for (const wave of waves(state, [asked]))
    for (const [held, lookups] of wave)
      for (const { where } of lookups) {
        const rows = tables.filter(([{ name }]) => name === held.table.name).flatMap(([, ...all]) => all)
        const found = rows.filter((row) => Object.entries(where).every(([column, value]) => row[column] === value))
        const columns = held.columnsOf({ where })
        if (!held.isKey(columns)) held.readByColumn(columns[0]!, [where[columns[0]!]!], found)
        held.readByKey(held.isKey(columns) ? [held.keyOf(where)] : [], found)
      }
  if (asked.fault !== undefined) throw asked.fault.error
}
