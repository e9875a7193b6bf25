import type { Lookup } from '../commands/command.ts'
import type { Cell, Row, RowChange, StateTable, Where } from '../state-table.ts'
import type { KeptRow } from './in-turns.ts'

/** The values of a key's columns, as the key of a map. */
type KeyText = Cell

/** A column by whose values rows were looked up: the keys of the rows that have each value, in the database and now. */
interface LookedUp {
  readonly stored: Map<Cell, readonly KeyText[]>
  readonly now: Map<Cell, Set<KeyText>>
}

/**
 * The rows of one table that the commands of a group declared, while the group is decided: as they were read, and as they are by now.
 * It knows of no database.
 */
export class HeldTable {
  readonly table: StateTable
  readonly #keyColumns: readonly string[]
  readonly #rows = new Map<KeyText, Row | undefined>()
  readonly #keys = new Map<KeyText, readonly Cell[]>()
  /** The rows that are in the database, as they are there. */
  readonly #stored = new Map<KeyText, Row>()
  readonly #changed = new Set<KeyText>()
  /** The keys of rows that were put without having been looked for. */
  readonly #unseen = new Set<KeyText>()
  readonly #columns = new Map<string, LookedUp>()

  constructor(table: StateTable) {
    this.table = table
    this.#keyColumns = table.key
  }

  /** The columns of the key, or the one column that a look-up names. Throws for a column that the table does not declare. */
  columnsOf({ where }: Pick<Lookup, 'where'>): readonly string[] {
    const columns = Object.keys(where)
    if (columns.length === this.#keyColumns.length && this.#keyColumns.every((column) => column in where))
      return this.#keyColumns
    const { name, uniques = [], indexes = [] } = this.table
    if (columns.length === 1 && (uniques.includes(columns[0]!) || indexes.includes(columns[0]!))) return columns
    throw new Error(
      `${name} declares no key, unique column or index of ${columns.join(', ')}: nothing can be looked up by it`,
    )
  }

  isKey(columns: readonly string[]): boolean {
    return columns === this.#keyColumns
  }

  keyOf(row: Where): readonly Cell[] {
    return this.#keyColumns.map((column) => row[column] as Cell)
  }

  /** Whether the rows of a look-up were read already. */
  isRead(lookup: Pick<Lookup, 'where'>): boolean {
    const columns = this.columnsOf(lookup)
    if (this.isKey(columns)) return this.#rows.has(keyText(this.keyOf(lookup.where)))
    return this.#columns.get(columns[0]!)?.now.has(lookup.where[columns[0]!]!) === true
  }

  /** Takes in which keys were looked for, and the rows that were found. */
  readByKey(keys: readonly (readonly Cell[])[], found: readonly Row[]): void {
    for (const key of keys) this.#known(key, undefined)
    for (const row of found) this.#stored.set(this.#known(this.keyOf(row), row), row)
  }

  /** Takes in which values were looked for in a column, and the rows, or their keys and values, that were found. */
  readByColumn(column: string, values: readonly Cell[], found: readonly Row[]): void {
    const read = this.#columns.get(column) ?? { stored: new Map(), now: new Map() }
    this.#columns.set(column, read)
    const keys = Map.groupBy(found, (row): Cell => row[column]!)
    for (const value of values) {
      const having = (keys.get(value) ?? []).map((row) => keyText(this.keyOf(row)))
      read.stored.set(value, having)
      read.now.set(value, new Set(having))
    }
  }

  find(where: Where): Row | undefined {
    const columns = this.columnsOf({ where: where as Row })
    if (this.isKey(columns)) {
      const text = keyText(this.keyOf(where))
      if (!this.#rows.has(text)) throw this.#undeclared(columns)
      return this.#rows.get(text)
    }
    const [column] = columns as [string]
    if (this.table.uniques?.includes(column) !== true)
      throw new Error(`${this.table.name}.${column} is not unique: several rows may have a value, list them`)
    const [holder] = this.#holders(column, where)
    return holder === undefined ? undefined : this.#rows.get(holder)
  }

  list(where: Where): readonly Row[] {
    const columns = this.columnsOf({ where: where as Row })
    if (this.isKey(columns)) return [this.find(where) ?? []].flat()
    const holders = this.#holders(columns[0]!, where)
    return sortedKeys([...holders].map((text) => this.#keys.get(text)!)).map((key) => this.#rows.get(keyText(key))!)
  }

  /** Makes the changes of an event. A row that was never read is taken for new: the database refuses it if it is there. */
  change(changes: readonly RowChange[]): void {
    for (const change of changes) {
      const isPut = 'put' in change
      const key = this.keyOf(isPut ? change.put : change.remove)
      const text = keyText(key)
      if (!isPut && !this.#rows.has(text)) throw this.#undeclared(this.#keyColumns)
      this.#put(key, isPut ? change.put : undefined)
      this.#changed.add(text)
    }
  }

  /** What is to be written, each in the order of the keys. */
  changes(): {
    readonly gone: readonly (readonly Cell[])[]
    readonly kept: readonly KeptRow[]
    readonly made: readonly Row[]
  } {
    const gone: (readonly Cell[])[] = []
    const kept: KeptRow[] = []
    const made: Row[] = []
    for (const key of sortedKeys([...this.#changed].map((text) => this.#keys.get(text)!))) {
      const text = keyText(key)
      const row = this.#rows.get(text)
      const before = this.#stored.get(text)
      if (row === undefined) {
        if (before !== undefined) gone.push(key)
      } else if (before === undefined) made.push(row)
      else kept.push({ before, row })
    }
    return { gone, kept, made }
  }

  /** The keys that were looked for and are not in the database. */
  absentKeys(): readonly (readonly Cell[])[] {
    return [...this.#keys].flatMap(([text, key]) => (this.#stored.has(text) || this.#unseen.has(text) ? [] : [key]))
  }

  /**
   * By column, the values whose rows another writer can still change: all of a column that is not unique, and of a unique column those
   * that nobody had. A unique value that is about to be written is left out: the database refuses a second one.
   */
  openValues(): readonly { readonly column: string; readonly values: readonly Cell[] }[] {
    return [...this.#columns].flatMap(([column, { stored, now }]) => {
      const isUnique = this.table.uniques?.includes(column) === true
      const isOpen = (value: Cell) => !isUnique || (stored.get(value)!.length === 0 && now.get(value)!.size === 0)
      const values = [...stored.keys()].filter(isOpen)
      return values.length === 0 ? [] : [{ column, values }]
    })
  }

  /** Whether the rows that have a value are the ones that were read. */
  isAsRead(column: string, value: Cell, found: readonly Row[]): boolean {
    const stored = this.#columns.get(column)!.stored.get(value)!
    return stored.length === found.length && found.every((row) => stored.includes(keyText(this.keyOf(row))))
  }

  /** Whether every row that was found by a value is there and still has it, now that it is held. */
  isHeldAsFound(): boolean {
    for (const [column, { stored }] of this.#columns)
      for (const [value, keys] of stored)
        if (keys.some((text) => this.#rows.get(text)?.[column] !== value)) return false
    return true
  }

  #known(key: readonly Cell[], row: Row | undefined): KeyText {
    const text = keyText(key)
    this.#keys.set(text, key)
    this.#rows.set(text, row)
    return text
  }

  #put(key: readonly Cell[], row: Row | undefined): void {
    const text = keyText(key)
    if (!this.#rows.has(text)) this.#unseen.add(text)
    const before = this.#rows.get(text)
    this.#known(key, row)
    for (const [column, { now }] of this.#columns) {
      if (before !== undefined) now.get(before[column]!)?.delete(text)
      if (row !== undefined) now.get(row[column]!)?.add(text)
    }
  }

  #holders(column: string, where: Where): ReadonlySet<KeyText> {
    const holders = this.#columns.get(column)?.now.get(where[column] as Cell)
    if (holders === undefined) throw this.#undeclared([column])
    return holders
  }

  #undeclared(columns: readonly string[]): Error {
    return new Error(
      `a decision looked at rows of ${this.table.name} by ${columns.join(', ')} that it did not declare to read`,
    )
  }
}

function keyText(key: readonly Cell[]): KeyText {
  return key.length === 1 ? key[0]! : JSON.stringify(key)
}

/** In the order of the primary key, as every store sorts them: two that lock the same rows take them one after the other. */
export function sortedKeys<Key extends readonly Cell[]>(keys: readonly Key[]): readonly Key[] {
  return keys.length < 2 ? keys : keys.toSorted(compareKeys)
}

function compareKeys(a: readonly Cell[], b: readonly Cell[]): number {
  for (const [i, cell] of a.entries()) {
    const order = compareCells(cell, b[i]!)
    if (order !== 0) return order
  }
  return 0
}

function compareCells(a: Cell, b: Cell): number {
  if (a === b) return 0
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a) < String(b) ? -1 : 1
}
