import { sql, type Kysely, type Transaction } from 'kysely'
import type { GenerationStatus, ReadModelStatus } from '../read-model-store.ts'
import { moved } from './apply-batch.ts'

type Role = 'current' | 'shadow'

interface GenerationRow extends GenerationStatus {
  readonly role: Role
}

const ofGeneration = ['positions', 'scores', 'records', 'indexed', 'generations'] as const

export async function readStatus(db: Kysely<unknown>): Promise<ReadModelStatus> {
  // One statement: a swap between two would show a generation twice or not at all.
  const { rows } = await sql<{ requested: number } & (GenerationRow & { answered: number })>`select c.requested,
    g.generation, g.fingerprint, g.role, g.answered from control c left join generations g`.execute(db)
  const inRole = (role: Role) => rows.find((row) => row.role === role)
  const statusOf = (row: GenerationRow | undefined) =>
    row === undefined ? null : { generation: row.generation, fingerprint: row.fingerprint }
  return {
    current: statusOf(inRole('current')),
    shadow: statusOf(inRole('shadow')),
    rebuilds: { requested: rows[0]!.requested, answered: inRole('current')?.answered ?? 0 },
  }
}

/** Resolves with the number of an empty shadow. */
export async function beginShadow(tx: Transaction<unknown>, fingerprint: string): Promise<number> {
  await dropInRole(tx, 'shadow')
  const { rows } = await sql<{ generation: number }>`insert into generations (fingerprint, role, answered)
    select ${fingerprint}, 'shadow', requested from control returning generation`.execute(tx)
  return rows[0]!.generation
}

export async function swapShadow(tx: Transaction<unknown>, generation: number): Promise<void> {
  const { shadow } = await readStatus(tx)
  if (shadow?.generation !== generation) throw moved(`generation ${generation} is not the one that is built`)
  await dropInRole(tx, 'current')
  await sql`update generations set role = 'current' where generation = ${generation}`.execute(tx)
}

export async function dropInRole(tx: Transaction<unknown>, role: Role): Promise<void> {
  const { rows } = await sql<{ generation: number }>`select generation from generations where role = ${role}`.execute(
    tx,
  )
  if (rows[0] === undefined) return
  for (const table of ofGeneration)
    await sql`delete from ${sql.table(table)} where generation = ${rows[0].generation}`.execute(tx)
}
