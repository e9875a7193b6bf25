import { sql, type Transaction } from 'kysely'

/** The clock of the store: SQLite's is that of its machine. */
export const now = sql`cast(unixepoch('subsec') * 1000 as integer)`

export async function takeLease(tx: Transaction<unknown>, holder: string, forMs: number): Promise<boolean> {
  const taken = await sql`update control set holder = ${holder}, held_until = ${now} + ${forMs}
    where holder is null or holder = ${holder} or held_until <= ${now} or held_until > ${now} + ${forMs}`.execute(tx)
  return taken.numAffectedRows === 1n
}

export async function releaseLease(tx: Transaction<unknown>, holder: string): Promise<void> {
  await sql`update control set holder = null, held_until = 0 where holder = ${holder}`.execute(tx)
}
