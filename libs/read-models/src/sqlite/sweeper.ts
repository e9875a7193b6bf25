import { setImmediate } from 'node:timers/promises'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'

const ofGeneration = ['positions', 'scores', 'documents', 'indexed'] as const
// A million rows at once would stop the process for seconds.
const portion = 1_000

/** Takes away what dropped generations hold, in portions. */
export class Sweeper {
  readonly #database: SqlDatabase<unknown>
  readonly #stopping = new AbortController()
  #sweeping = Promise.resolve()

  constructor(database: SqlDatabase<unknown>) {
    this.#database = database
  }

  /** Begins, if there is something. What a fault of the file leaves is swept away after the next drop, or the next start. */
  sweep(): void {
    this.#sweeping = this.#sweeping.then(() => this.#sweep()).catch(() => undefined)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#sweeping
  }

  async #sweep(): Promise<void> {
    const database = this.#database
    for (;;) {
      const { rows } = await sql<{ generation: number }>`select generation from dropped limit 1`.execute(
        database.reader,
      )
      if (rows[0] === undefined) return
      const { generation } = rows[0]
      for (const table of ofGeneration) if (!(await this.#empty(table, generation))) return
      await database.transaction((tx) => sql`delete from dropped where generation = ${generation}`.execute(tx))
    }
  }

  /** Resolves with whether nothing is left. */
  async #empty(table: string, generation: number): Promise<boolean> {
    const some = sql`delete from ${sql.table(table)} where rowid in
      (select rowid from ${sql.table(table)} where generation = ${generation} limit ${portion})`
    while (!this.#stopping.signal.aborted) {
      const { numAffectedRows } = await this.#database.transaction((tx) => some.execute(tx))
      if (numAffectedRows === 0n) return true
      await setImmediate()
    }
    return false
  }
}
