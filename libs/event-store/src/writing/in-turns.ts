import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Cell, Row, StateTable } from '../state-table.ts'

/** A row that stays: as the database has it, and as it shall be. */
export interface KeptRow {
  readonly before: Row
  readonly row: Row
}

/**
 * Rows that stay, in the turns in which they can be written: both engines compare row by row, also within a statement, so a row that
 * takes a unique value comes after the one that gives it up. Mostly there is one turn.
 * Throws EVENT_INVALID if rows exchange values: whichever is written first would meet the other's.
 */
export function inTurns({ name, uniques = [] }: StateTable, kept: readonly KeptRow[]): readonly (readonly Row[])[] {
  const givers = giversOf(uniques, kept)
  const turns: Row[][] = []
  let waiting: readonly KeptRow[] = kept
  while (waiting.length > 0) {
    const unwritten = new Set(waiting)
    const mustWait = (one: KeptRow) => (givers.get(one) ?? []).some((giver) => unwritten.has(giver))
    const left = waiting.filter(mustWait)
    if (left.length === waiting.length)
      throw new MagasinError(
        'EVENT_INVALID',
        `rows of ${name} exchange a unique value (${uniques.join(', ')}) in one transaction, which cannot be written: let one of them have another value first, by a command of its own`,
      )
    turns.push(waiting.filter((one) => !mustWait(one)).map(({ row }) => row))
    waiting = left
  }
  return turns
}

/** For each row that takes unique values, the rows that give these up. */
function giversOf(uniques: readonly string[], kept: readonly KeptRow[]): ReadonlyMap<KeptRow, readonly KeptRow[]> {
  const givers = new Map<KeptRow, KeptRow[]>()
  for (const column of uniques) {
    const changed = kept.filter(({ before, row }) => before[column] !== row[column])
    const givenUp = new Map<Cell, KeptRow>(changed.map((one) => [one.before[column]!, one]))
    for (const one of changed) {
      const value = one.row[column]!
      const giver = value === null ? undefined : givenUp.get(value)
      if (giver !== undefined) givers.set(one, [...(givers.get(one) ?? []), giver])
    }
  }
  return givers
}
