import type { DomainEvent } from '@magasin/contracts/event-record'
import type { Lookup, StateView } from '../commands/command.ts'
import type { Row, RowChange, StateTable, Where } from '../state-table.ts'
import { HeldTable } from './held-table.ts'

/**
 * The rows that the commands of one group declared, held in the database and kept here while the group is decided: each command sees
 * what those before it did, and what changed is written once, at the end.
 */
export class WorkingSet implements StateView {
  /** In the order in which they are read and written. */
  readonly tables: readonly HeldTable[]
  readonly #byName: ReadonlyMap<string, HeldTable>
  /** The state as far as it was read: what was not read is not there. */
  readonly soFar: StateView

  constructor(tables: readonly StateTable[]) {
    this.tables = tables.map((table) => new HeldTable(table))
    this.#byName = new Map(this.tables.map((held) => [held.table.name, held]))
    this.soFar = {
      find: (table, where) => (this.#isRead(table, where) ? this.find(table, where) : undefined),
      list: (table, where) => (this.#isRead(table, where) ? this.list(table, where) : []),
    }
  }

  find<R extends Row>(table: StateTable<R>, where: Where<R>): R | undefined {
    return this.table(table).find(where as Where) as R | undefined
  }

  list<R extends Row>(table: StateTable<R>, where: Where<R>): readonly R[] {
    return this.table(table).list(where as Where) as readonly R[]
  }

  /** Throws for a table with which the store was not opened. */
  table({ name }: Lookup['table']): HeldTable {
    const held = this.#byName.get(name)
    if (held === undefined) throw new Error(`the event store was opened without a state table called ${name}`)
    return held
  }

  /** Lets every table project the events of a command. */
  apply(events: readonly DomainEvent[], time: string): void {
    for (const event of events)
      for (const held of this.tables) {
        const project = held.table.projections[event.type]
        if (project === undefined) continue
        const changes: readonly RowChange[] = project(event.data, { time, find: (key) => held.find(key) })
        held.change(changes)
      }
  }

  #isRead(table: Lookup['table'], where: object): boolean {
    return this.table(table).isRead({ where: where as Row })
  }
}
