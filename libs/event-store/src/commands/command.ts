import type { DomainEvent } from '@magasin/contracts/event-record'
import type { EventPlace } from '@magasin/event-log/event-log'
import type { Transaction } from 'kysely'
import type { Cell, Row, StateTable, Where } from '../state-table.ts'

/**
 * Rows that a decision depends on; they may well not be there. `where` names all columns of the key, or one column of `uniques`, or
 * one of `indexes`.
 */
export interface Lookup {
  readonly table: { readonly name: string }
  readonly where: Readonly<Record<string, Cell>>
}

/** The state that a command declared to read, as it is just before its own events. */
export interface StateView {
  /** The row with a key, or with a unique value; undefined if there is none. Throws for a look-up that was not declared. */
  find<R extends Row>(table: StateTable<R>, where: Where<R>): R | undefined
  /** All rows that have a value in a column, in the order of their keys. Throws for a look-up that was not declared. */
  list<R extends Row>(table: StateTable<R>, where: Where<R>): readonly R[]
}

/** What a decision is given beside the state. */
export interface Given {
  /** The id of the new entity, if the command asked for one; reading it throws if not. */
  readonly id: number
  /** The wall clock of this process, which becomes the `time` of the events. It may step back. */
  readonly now: Date
}

/** What was decided: what happened (perhaps nothing), and what the caller is told. */
export interface Decision<Answer> {
  readonly events: readonly DomainEvent[]
  readonly answer: Answer
}

/**
 * Something that somebody wants done. `decide` is pure: no clock, no random number, nothing but the state that `reads` declares and
 * what it is given. It refuses by throwing a MagasinError that cannot be retried. It may run more than once.
 */
export interface Command<Answer> {
  /**
   * What the decision reads, and what the projections of its events look at. A function is asked again with what was read so far,
   * until it asks for nothing new; what was not read yet is not there for it. The tables must come in the order of `stateTables`:
   * once a table was read for the command, it cannot ask for more of that table or of one before it.
   */
  readonly reads: readonly Lookup[] | ((soFar: StateView) => readonly Lookup[])
  /** A kind of entity of which the command makes one: the store gives it an id that was never given before. */
  readonly newId?: string
  readonly decide: (state: StateView, given: Given) => Decision<Answer>
}

/** Makes a command, however often it is sent, one command. */
export interface OnceOnly {
  /** Keys of different callers and routes are different keys. */
  readonly caller: string
  readonly route: string
  readonly key: string
  /** What was asked, a JSON value: another content under the same key is refused. Only a keyed hash of it is kept. */
  readonly content: unknown
  /** Remembered for a day, the default, or for ever. */
  readonly keep?: 'day' | 'forever'
}

/** The event that a command answers. */
export interface Cause {
  /** Becomes `causedBy` of the command's events. */
  readonly eventId: string
  /**
   * Called in the command's transaction, before anything is read for it. Resolves with false if the event has been dealt with: then
   * nothing is decided, and `execute` resolves with `{ answer: undefined, repeated: true }`. What it writes is kept exactly if
   * `execute` resolves. Throwing fails this command alone. It may run more than once.
   */
  readonly claim: (tx: Transaction<unknown>) => Promise<boolean>
  /**
   * Names what the claim locks; the event's id by default. The claims of a group are made in the order of these names: if all who
   * lock the same rows name them alike, they cannot deadlock.
   */
  readonly claims?: string
}

export interface CommandContext {
  readonly once?: OnceOnly
  /** W3C trace context of the request, carried by the events. */
  readonly traceparent?: string
  /** Aborts when nobody waits for the command any more: it is given up, if it was not begun. */
  readonly signal?: AbortSignal
  readonly cause?: Cause
}

/** The answer of a command that was carried out: now, or (`repeated`) when it was first sent. */
export interface Executed<Answer> {
  readonly answer: Answer
  readonly repeated: boolean
  /**
   * Where its last event stands in each partition that has some of them, by topic and partition: whoever has read so far has seen the
   * command. Empty if nothing was recorded. Of a repeated command they are those of the first time; empty for one that answers an event
   * which has been dealt with, and for one that was answered before they were kept.
   */
  readonly positions: readonly EventPlace[]
}
