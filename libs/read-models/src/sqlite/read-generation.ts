import { sql, type Kysely } from 'kysely'
import type { ReadModels } from '../define-read-models.ts'
import { documentOf } from '../declared-names.ts'
import type { Document, PageRequest, Ranked } from '../read-model-store.ts'
import { shows } from '../shows.ts'

interface Source {
  readonly db: Kysely<unknown>
  readonly models: ReadModels
  readonly generation: number
}

type Fields = Document['fields']

export async function readTop({ db, generation }: Source, ranking: string, atMost: number): Promise<readonly Ranked[]> {
  const { rows } = await sql<Ranked>`select member, score from scores
    where generation = ${generation} and ranking = ${ranking} order by score desc, member limit ${atMost}`.execute(db)
  return rows
}

export async function readDocument(
  { db, models, generation }: Source,
  name: string,
  key: number,
): Promise<Document | undefined> {
  const { rows } = await sql<{ fields: string }>`select fields from documents
    where generation = ${generation} and document = ${name} and key = ${key}`.execute(db)
  if (rows[0] === undefined) return undefined
  const fields = JSON.parse(rows[0].fields) as Fields
  return shows(models, name, fields) ? { key, fields } : undefined
}

/** The lowest value first, among equals the lowest key. */
export async function readPage(
  { db, models, generation }: Source,
  index: string,
  { upTo, after, atMost }: PageRequest,
): Promise<readonly Document[]> {
  const document = documentOf(models, index)
  const later = after === undefined ? sql`1` : sql`(i.value, i.key) > (${after.value}, ${after.key})`
  const { rows } = await sql<{ key: number; fields: string }>`select i.key, r.fields from indexed i
    join documents r on r.generation = i.generation and r.document = ${document} and r.key = i.key
    where i.generation = ${generation} and i.index_name = ${index} and i.value <= ${upTo} and ${later}
    order by i.value, i.key limit ${atMost}`.execute(db)
  return rows.map(({ key, fields }) => ({ key, fields: JSON.parse(fields) as Fields }))
}
