import { randomUUID } from 'node:crypto'
import type { HeldLock, SqlDatabase } from '@magasin/sql/sql-database'

// A member that lives holds its lock all the time; one that does not answer this fast is asked about again.
const askMs = 500

/**
 * One running subscriber, as others of its group can tell whether it lives: it holds a lock of the database by its name while it has
 * effects under way. No clock is needed, and a process that ended holds nothing.
 */
export class Member {
  readonly id = randomUUID()
  readonly #database: Pick<SqlDatabase<unknown>, 'lock'>
  #lock: HeldLock | undefined
  #taking: Promise<void> | undefined

  constructor(database: Pick<SqlDatabase<unknown>, 'lock'>) {
    this.#database = database
  }

  /** From when this resolves until it leaves, others know that it lives. Rejects if the database does not answer. */
  hold(): Promise<void> {
    this.#taking ??= this.#take().finally(() => (this.#taking = undefined))
    return this.#taking
  }

  /** Whether the member with this id has left or ended; `false` if nobody can tell. */
  async isGone(id: string): Promise<boolean> {
    if (id === this.id) return false
    try {
      const lock = await this.#database.lock(lockOf(id), AbortSignal.timeout(askMs))
      await lock.release()
      return true
    } catch {
      return false
    }
  }

  async leave(): Promise<void> {
    await this.#lock?.release()
  }

  async #take(): Promise<void> {
    if (this.#lock !== undefined && !this.#lock.lost.aborted) return
    this.#lock = await this.#database.lock(lockOf(this.id), AbortSignal.timeout(askMs))
  }
}

const lockOf = (id: string): string => `subscriber ${id}`
