import type { EventData, EventType } from '@magasin/contracts/event-types'

/** What a column of a state table holds; true and false are 1 and 0. */
export type Cell = string | number | null

export type Row = Readonly<Record<string, Cell>>

/** What one type of event does to the one row that it concerns. */
export interface Projection<R extends Row, T extends EventType> {
  /** The key of that row. */
  readonly key: (data: EventData<T>) => Cell
  /** The row after the event, from the row before it; undefined: there is none. Pure. */
  project(before: R | undefined, data: EventData<T>): R | undefined
}

/**
 * A table of the shop's present state. Only its projections write it: in the transaction that records the event,
 * and again, by the same code, when the state is rebuilt from the history.
 */
export interface StateTable<R extends Row = Row> {
  readonly name: string
  /** The primary key's column. */
  readonly key: string
  /** Other columns whose values are unique: a decision may look a row up by them. */
  readonly uniques: readonly string[]
  readonly projections: { readonly [T in EventType]?: Projection<R, T> }
}
