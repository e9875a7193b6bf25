import type { DomainEvent } from '@magasin/contracts/event-record'

/** What a column of a state table holds; true and false are 1 and 0. */
export type Cell = string | number | null

export type Row = Readonly<Record<string, Cell>>

/** Some columns of a row, with the values that they must have. */
export type Where<R extends Row = Row> = Readonly<Partial<R>>

/** What an event does to one row: the row as it is from now on, or the key of a row that is no more. */
export type RowChange<R extends Row = Row> = { readonly put: R } | { readonly remove: Where<R> }

/** What a projection may look at, beside the event's data. */
export interface ProjectionContext<R extends Row = Row> {
  /** The `time` of the event's record. It may step back from one event to the next: order nothing by it. */
  readonly time: string
  /** The row of this table with a key as it was before the event. Throws for one that the command did not declare to read. */
  find(key: Where<R>): R | undefined
}

/**
 * What one type of event does to a table: any number of rows change. Pure; the changes are made in their order, after it returns.
 * A row that is put but was never read must be new: the database refuses it if it is there, and the command fails. So an event with
 * an id that the store gave needs no look at the table.
 */
export type Projection<R extends Row = Row, Event extends DomainEvent = DomainEvent> = {
  // As a method: a table of some rows and events is also a table of any.
  project(data: Event['data'], context: ProjectionContext<R>): readonly RowChange<R>[]
}['project']

/**
 * A table of the present state, which follows from events of the types in `Event`. Only its projections write it, in the transaction
 * that records the event. Nothing projects the events of before again: a projection that is new sees those from then on, and the
 * migration that makes its table fills it with what was before.
 */
export interface StateTable<R extends Row = Row, Event extends DomainEvent = DomainEvent> {
  readonly name: string
  /** The columns of the primary key, one or two, in its order. */
  readonly key: readonly [keyof R & string] | readonly [keyof R & string, keyof R & string]
  /** Columns whose values are unique: a decision may look one row up by them. */
  readonly uniques?: readonly (keyof R & string)[]
  /** Columns with an index, or the first of a key of two: a decision may look all rows up that have one value there. */
  readonly indexes?: readonly (keyof R & string)[]
  readonly projections: {
    readonly [Type in Event['type']]?: Projection<R, Extract<Event, { readonly type: Type }>>
  }
}
