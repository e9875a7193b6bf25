import { sql, type Transaction } from 'kysely'
import type { ReadModels } from '../define-read-models.ts'
import { shows } from '../shows.ts'
import type { Cell, RecordStep } from '../step.ts'

interface Merge {
  readonly models: ReadModels
  readonly generation: number
  readonly step: RecordStep
}

type Fields = Readonly<Record<string, Cell>>

/** Merges fields into a record and brings its indexes to what it holds now. */
export async function mergeRecord(tx: Transaction<unknown>, { models, generation, step }: Merge): Promise<void> {
  const { record, key, set } = step
  const at = sql`generation = ${generation} and record = ${record} and key = ${key}`
  const { rows } = await sql<{ fields: string }>`select fields from records where ${at}`.execute(tx)
  const before = rows[0] === undefined ? {} : (JSON.parse(rows[0].fields) as Fields)
  const fields = withoutNulls({ ...before, ...set })
  if (Object.keys(fields).length === 0) await sql`delete from records where ${at}`.execute(tx)
  else
    await sql`insert into records (generation, record, key, fields)
      values (${generation}, ${record}, ${key}, ${JSON.stringify(fields)})
      on conflict (generation, record, key) do update set fields = excluded.fields`.execute(tx)
  for (const [name, index] of models.indexes) {
    if (index.record !== record) continue
    const value = shows(models, record, fields) ? (fields[index.field] ?? index.absent) : null
    if (typeof value === 'number')
      await sql`insert into indexed (generation, index_name, value, key) values (${generation}, ${name}, ${value}, ${key})
        on conflict (generation, index_name, key) do update set value = excluded.value`.execute(tx)
    else
      await sql`delete from indexed where generation = ${generation} and index_name = ${name} and key = ${key}`.execute(
        tx,
      )
  }
}

function withoutNulls(fields: RecordStep['set']): Fields {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Cell] => entry[1] !== null))
}
