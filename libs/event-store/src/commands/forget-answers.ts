import { setTimeout as delay } from 'node:timers/promises'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'
import type { StatementDialect } from '../statement-dialect.ts'
import type { EventStoreTables } from '../tables.ts'

// Some 2 ms on SQLite, which is how long everybody waits for it. Fewer, and the flush of each transaction is most of the work.
const portion = 1_000

/**
 * Forgets the answers whose day is over now, by the clock of the database: in small transactions, resting after each for as long as it
 * took. Those that become old meanwhile are left for the next call, so it comes to an end. Resolves with how many.
 */
export async function forgetAnswers(
  database: SqlDatabase<EventStoreTables>,
  { clockMs }: StatementDialect,
  signal: AbortSignal,
): Promise<number> {
  const now = await sql<{ now: number }>`select ${sql.raw(clockMs)} as now`.execute(database.reader)
  const before = now.rows[0]!.now
  let forgotten = 0
  while (!signal.aborted) {
    const started = performance.now()
    const some = await forgetSome(database, before)
    forgotten += some
    if (some < portion) break
    await delay(performance.now() - started)
  }
  return forgotten
}

async function forgetSome(database: SqlDatabase<EventStoreTables>, before: number): Promise<number> {
  const old = database.reader.selectFrom('remembered_answers').select('forget_at').where('forget_at', '<', before)
  const last = await old
    .orderBy('forget_at')
    .limit(1)
    .offset(portion - 1)
    .executeTakeFirst()
  // As many as share the last one's millisecond are more than a portion by as much as is answered in one.
  const condition = last === undefined ? sql`< ${before}` : sql`<= ${last.forget_at}`
  return database.transaction(async (tx) => {
    const { numAffectedRows } = await sql`delete from remembered_answers where forget_at ${condition}`.execute(tx)
    return Number(numAffectedRows)
  })
}
