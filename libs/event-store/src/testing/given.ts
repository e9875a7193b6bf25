import type { Command, Decision, StateView } from '../commands/command.ts'
import type { Row, StateTable } from '../state-table.ts'

type Rows = readonly [table: StateTable, ...rows: readonly Row[]]

/**
 * What a command decides in a state, without a database: `given([users, row]).when(createUser(…), { id: 42 })`. It lets a decision see
 * all rows that are given; that it declares what it reads is shown on an engine.
 */
export function given(...tables: readonly (readonly [table: { readonly name: string }, ...rows: readonly Row[]])[]) {
  const byTable = new Map((tables as readonly Rows[]).map(([table, ...rows]) => [table.name, rows]))
  const matching = (table: { readonly name: string }, where: Readonly<Record<string, unknown>>) =>
    (byTable.get(table.name) ?? []).filter((row) =>
      Object.entries(where).every(([column, value]) => row[column] === value),
    )
  const state = { find: (table, where) => matching(table, where)[0], list: matching } as StateView
  return {
    when<Answer>(
      command: Command<Answer>,
      { id = 1, now = new Date(0) }: { readonly id?: number; readonly now?: Date } = {},
    ): Decision<Answer> {
      return command.decide(state, { id, now })
    },
  }
}
