import type { DomainEvent } from '@magasin/contracts/event-record'

/** What a column of a state table holds; true and false are 1 and 0. */
export type Cell = string | number | null

export type Row = Readonly<Record<string, Cell>>

/** What one type of event does to the one row that it concerns. */
export interface Projection<R extends Row, Event extends DomainEvent = DomainEvent> {
  /** The key of that row. */
  key(data: Event['data']): Cell
  /** The row after the event, from the row before it. Returns undefined to delete the row. Pure. */
  project(before: R | undefined, data: Event['data']): R | undefined
}

/**
 * A table of the present state, which follows from events of the types in `Event`. Only its projections write it: in the transaction
 * that records the event, and again, by the same code, when the state is rebuilt from the history.
 */
export interface StateTable<R extends Row = Row, Event extends DomainEvent = DomainEvent> {
  readonly name: string
  /** The primary key's column. */
  readonly key: string
  /** Other columns whose values are unique: a decision may look a row up by them. */
  readonly uniques: readonly string[]
  readonly projections: {
    readonly [Type in Event['type']]?: Projection<R, Extract<Event, { readonly type: Type }>>
  }
}
