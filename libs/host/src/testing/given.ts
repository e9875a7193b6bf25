import assert from 'node:assert/strict'
import { isMagasinError, type MagasinError } from '@magasin/contracts/magasin-error'
import type { ErrorKind } from '@magasin/contracts/error-kinds'
import type { DomainEvent } from '@magasin/contracts/event-record'
import type { Command, StateView } from '@magasin/event-store/command'
import type { Row, StateTable } from '@magasin/event-store/state-table'

/** What is in the state tables when a command comes. */
export type Given = readonly (readonly [table: Pick<StateTable, 'name'>, rows: readonly Row[]])[]

/** A decision that was made: exactly one of the two holds. */
export interface Decided {
  /** These events, and no others. */
  then(events: readonly DomainEvent[]): void
  /** Refused, with an error of this kind, which is answered for closer looks. */
  thenRefused(kind: ErrorKind): MagasinError
}

/** `given(rows).when(command).then(events)`: a decision by itself, on rows that it declared to read and no others. */
export function given(...state: Given): { when(command: Command<unknown>): Decided } {
  return {
    when: (command) => ({
      then: (events) => assert.deepEqual(command.decide(viewOf(state, command)).events, events),
      thenRefused(kind) {
        try {
          command.decide(viewOf(state, command))
        } catch (error) {
          assert.ok(isMagasinError(error, kind), String(error))
          return error
        }
        return assert.fail(`${kind.code} was expected`)
      },
    }),
  }
}

function viewOf(state: Given, { reads }: Command<unknown>): StateView {
  return {
    find<R extends Row>(table: StateTable<R>, column: keyof R & string, value: unknown): R | undefined {
      const isDeclared = reads.some((ref) => ref.table === table.name && ref.column === column && ref.value === value)
      assert.ok(isDeclared, `${table.name}.${column} is looked up and not declared`)
      const rows = state.filter(([{ name }]) => name === table.name).flatMap(([, found]) => found)
      return rows.find((row) => row[column] === value) as R | undefined
    },
  }
}
