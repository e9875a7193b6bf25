import type { DomainEvent } from '@magasin/contracts/event-record'
import type { Transaction } from 'kysely'
import { insertRows, selectByValues } from './bulk-statements.ts'
import type { RowRef, StateView } from './command.ts'
import type { Engine } from './engine.ts'
import type { Cell, Projection, Row, StateTable } from './state-table.ts'
import type { EventStoreTables } from './tables.ts'

/** State tables are known by name only when the program runs. */
type AnyTables = Record<string, Record<string, Cell>>

/**
 * The rows that the commands of one group declared, held in the database and kept here while the group is decided:
 * each command sees what those before it did, and what changed is written once, at the end.
 */
export class WorkingSet implements StateView {
  readonly #tables: ReadonlyMap<string, StateTable>
  readonly #rows = new Map<string, Map<Cell, Row | undefined>>()
  /** Per table and unique column, the key of the row that has a value. */
  readonly #holders = new Map<string, Map<Cell, Cell | undefined>>()
  /** Per table, the keys of the rows that are in the database. */
  readonly #stored = new Map<string, Set<Cell>>()
  readonly #changed = new Map<string, Set<Cell>>()

  private constructor(tables: ReadonlyMap<string, StateTable>) {
    this.#tables = tables
    for (const table of tables.values()) {
      this.#rows.set(table.name, new Map())
      this.#stored.set(table.name, new Set())
      this.#changed.set(table.name, new Set())
      for (const column of table.uniques) this.#holders.set(`${table.name}.${column}`, new Map())
    }
  }

  /** Reads and holds the declared rows: one query per table and column, in sorted order, so that two groups cannot deadlock. */
  static async load(
    tx: Transaction<EventStoreTables>,
    engine: Engine,
    from: { readonly tables: ReadonlyMap<string, StateTable>; readonly refs: readonly RowRef[] },
  ): Promise<WorkingSet> {
    const set = new WorkingSet(from.tables)
    const wanted = Map.groupBy(from.refs, (ref) => `${ref.table}.${ref.column}`)
    for (const name of [...wanted.keys()].toSorted()) {
      const [{ table, column }] = wanted.get(name) as [RowRef]
      const values = [...new Set(wanted.get(name)!.map((ref) => ref.value))].toSorted(compareCells)
      await set.#loadColumn(tx, engine, { table: set.#table(table), column, values })
    }
    return set
  }

  async #loadColumn(
    tx: Transaction<EventStoreTables>,
    engine: Engine,
    { table, column, values }: { table: StateTable; column: string; values: readonly Cell[] },
  ): Promise<void> {
    for (const value of values) this.#declare(table, column, value)
    const then = `order by \`${column}\` ${engine.holding}`
    const found = await selectByValues<Row>(tx, { select: '*', table: table.name, column, values, then })
    for (const row of found) {
      this.#stored.get(table.name)!.add(row[table.key]!)
      this.#put(table, row[table.key]!, row)
    }
  }

  find<R extends Row>(table: StateTable<R>, column: keyof R & string, value: Cell): R | undefined {
    const rows = this.#rows.get(table.name)!
    if (column === table.key) {
      if (!rows.has(value)) throw undeclared(table.name, column)
      return rows.get(value) as R | undefined
    }
    const holders = this.#holders.get(`${table.name}.${column}`)
    if (holders?.has(value) !== true) throw undeclared(table.name, column)
    const holder = holders.get(value)
    return holder === undefined ? undefined : (rows.get(holder) as R | undefined)
  }

  /** Lets every table project the event. */
  apply(event: DomainEvent): void {
    for (const table of this.#tables.values()) {
      const projection = table.projections[event.type] as Projection<Row> | undefined
      if (projection === undefined) continue
      const key = projection.key(event.data)
      const before = this.find(table, table.key, key)
      this.#put(table, key, projection.project(before, event.data))
      this.#changed.get(table.name)!.add(key)
    }
  }

  /** Writes what changed: rows that are gone first and new ones last, so that what was unique to others is free. */
  async save(tx: Transaction<EventStoreTables>, engine: Engine): Promise<void> {
    const db = tx as unknown as Transaction<AnyTables>
    for (const { name, key } of this.#tables.values()) {
      const { gone, kept, made } = this.#changesOf(name)
      if (gone.length > 0) await db.deleteFrom(name).where(key, 'in', gone).execute()
      if (kept.length > 0) await engine.overwrite(tx, { table: name, key: [key], rows: kept })
      if (made.length > 0) await insertRows(db, name, made)
    }
  }

  #changesOf(table: string) {
    const rows = this.#rows.get(table)!
    const stored = this.#stored.get(table)!
    const gone: Cell[] = []
    const kept: Row[] = []
    const made: Row[] = []
    for (const key of [...this.#changed.get(table)!].toSorted(compareCells)) {
      const row = rows.get(key)
      if (row !== undefined) (stored.has(key) ? kept : made).push(row)
      else if (stored.has(key)) gone.push(key)
    }
    return { gone, kept, made }
  }

  #declare(table: StateTable, column: string, value: Cell): void {
    const known = column === table.key ? this.#rows.get(table.name) : this.#holders.get(`${table.name}.${column}`)
    if (known === undefined) throw new Error(`${table.name}.${column} is not unique: nothing can be looked up by it`)
    if (!known.has(value)) known.set(value, undefined)
  }

  #put(table: StateTable, key: Cell, row: Row | undefined): void {
    const rows = this.#rows.get(table.name)!
    const before = rows.get(key)
    rows.set(key, row)
    for (const column of table.uniques) {
      const holders = this.#holders.get(`${table.name}.${column}`)!
      if (before !== undefined) holders.set(before[column]!, undefined)
      if (row !== undefined) holders.set(row[column]!, key)
    }
  }

  #table(name: string): StateTable {
    const table = this.#tables.get(name)
    if (table === undefined) throw new Error(`the event store was opened without a state table called ${name}`)
    return table
  }
}

function undeclared(table: string, column: string): Error {
  return new Error(`a decision looked at a row of ${table} by ${column} that it did not declare to read`)
}

function compareCells(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a) < String(b) ? -1 : 1
}
