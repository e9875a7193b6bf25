import { sql, type Kysely, type Transaction } from 'kysely'
import type { GenerationStatus, ReadModelStatus } from '../read-model-store.ts'
import { now } from './lease.ts'
import { moved } from '../moved.ts'

type Role = 'current' | 'shadow'

interface StatusRow {
  readonly requested: number
  readonly projector: string | null
  /** Null, as all that follows, if there is no generation. */
  readonly role: Role | null
  readonly generation: number
  readonly fingerprint: string
  readonly answered: number
  readonly events: number
}

export async function readStatus(db: Kysely<unknown>): Promise<ReadModelStatus> {
  // One statement: a swap between two would show a generation twice or not at all.
  const { rows } = await sql<StatusRow>`select c.requested, iif(c.held_until > ${now}, c.holder, null) as projector,
    g.role, g.generation, g.fingerprint, g.answered,
    (select coalesce(sum(p.seq), 0) from positions p where p.generation = g.generation) as events
    from control c left join generations g`.execute(db)
  const inRole = (role: Role) => rows.find((row) => row.role === role)
  const [{ requested, projector }] = rows as [StatusRow]
  return {
    current: statusOf(inRole('current')),
    shadow: statusOf(inRole('shadow')),
    rebuilds: { requested, answered: inRole('current')?.answered ?? 0 },
    projector,
  }
}

const statusOf = (row: StatusRow | undefined): GenerationStatus | null =>
  row === undefined ? null : { generation: row.generation, fingerprint: row.fingerprint, events: row.events }

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

/** What the generation holds is swept away later, in portions. */
async function dropInRole(tx: Transaction<unknown>, role: Role): Promise<void> {
  await sql`insert into dropped (generation) select generation from generations where role = ${role}`.execute(tx)
  await sql`delete from generations where role = ${role}`.execute(tx)
}
