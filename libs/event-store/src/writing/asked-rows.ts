import type { Command, Lookup } from '../commands/command.ts'
import type { Asking } from './read-state.ts'
import type { WorkingSet } from './working-set.ts'

/** What one command asks to read. A mistake in it is the command's alone, and kept as its `fault`. */
export class AskedRows implements Asking {
  readonly #reads: Command<unknown>['reads']
  readonly #state: WorkingSet
  readonly #isSettled: () => boolean
  readonly #asked = new Map<string, Lookup>()
  #isDone = false
  /** What `reads` threw, or what is wrong with it. */
  fault: { readonly error: unknown } | undefined

  /** `isSettled` says whether the command's answer is known already: then it needs nothing more. */
  constructor({ reads }: Command<unknown>, state: WorkingSet, isSettled: () => boolean) {
    this.#reads = reads
    this.#state = state
    this.#isSettled = isSettled
  }

  get asksAgain(): boolean {
    return typeof this.#reads === 'function' && !this.#isDone && !this.#isSettled()
  }

  next(): readonly Lookup[] {
    if (this.#isDone || this.#isSettled()) return []
    try {
      const unread = this.#unread()
      this.#isDone = unread.length === 0
      return unread
    } catch (error) {
      this.fault = { error }
      this.#isDone = true
      return []
    }
  }

  /** Whether all is read that the command asks for by now: an event of a command before it may have changed what that is. */
  isComplete(): boolean {
    if (typeof this.#reads !== 'function') return true
    return this.#reads(this.#state.soFar).every((lookup) => this.#state.table(lookup.table).isRead(lookup))
  }

  #unread(): readonly Lookup[] {
    if (typeof this.#reads !== 'function')
      return this.#reads.filter((lookup) => !this.#state.table(lookup.table).isRead(lookup))
    const lookups = this.#reads(this.#state.soFar)
    this.#refuseStepBack(lookups)
    return lookups.filter((lookup) => !this.#state.table(lookup.table).isRead(lookup))
  }

  /** Rows are locked in the order of the tables: a step back could meet somebody who waits for us. */
  #refuseStepBack(lookups: readonly Lookup[]): void {
    const readBefore = [...this.#asked.values()].filter((lookup) => this.#state.table(lookup.table).isRead(lookup))
    const lastRead = Math.max(-1, ...readBefore.map((lookup) => this.#rankOf(lookup)))
    for (const lookup of lookups) {
      const id = JSON.stringify([lookup.table.name, lookup.where])
      if (!this.#asked.has(id) && this.#rankOf(lookup) <= lastRead)
        throw new Error(
          `a command asked for more rows of ${lookup.table.name} too late: each table is read once, in the order of stateTables`,
        )
      this.#asked.set(id, lookup)
    }
  }

  #rankOf({ table }: Lookup): number {
    return this.#state.tables.indexOf(this.#state.table(table))
  }
}
