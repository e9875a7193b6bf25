import type { DomainEvent } from '@magasin/contracts/event-record'
import type { Cell, Row, StateTable } from './state-table.ts'

/** A row that a decision depends on, by its key or by a unique column; it may well not be there. */
export interface RowRef {
  readonly table: string
  readonly column: string
  readonly value: Cell
}

/** The rows that a command declared to read, as they are just before its own events. */
export interface StateView {
  /** The row, or undefined where there is none. Throws for a row that was not declared: nobody holds it still. */
  find<R extends Row>(table: StateTable<R>, column: keyof R & string, value: Cell): R | undefined
}

/** What was decided: what happened (perhaps nothing), and what the caller is told. */
export interface Decision<Answer> {
  readonly events: readonly DomainEvent[]
  readonly answer: Answer
}

/**
 * Something that somebody wants done. `decide` is pure: no clock, no random number, nothing but the state that `reads` declares,
 * the rows that its events will change among it. It refuses by throwing a MagasinError that cannot be retried.
 */
export interface Command<Answer> {
  readonly reads: readonly RowRef[]
  readonly decide: (state: StateView) => Decision<Answer>
}

/** Makes a command, however often it is sent, one command. */
export interface OnceOnly {
  /** Keys of different callers and routes are different keys. */
  readonly caller: string
  readonly route: string
  readonly key: string
  /** Tells one request from another under the same key: `EventStore.fingerprint` of what was asked. */
  readonly fingerprint: string
  /** Remembered for a day, the default, or for ever. */
  readonly keep?: 'day' | 'forever'
}

export interface CommandContext {
  readonly once?: OnceOnly
  /** W3C trace context of the request, carried by the events. */
  readonly traceparent?: string
}

/** The answer of a command that was carried out: now, or (`repeated`) when it was first sent. */
export interface Executed<Answer> {
  readonly answer: Answer
  readonly repeated: boolean
}
