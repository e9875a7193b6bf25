import { sql, type Transaction } from 'kysely'
import type { Index, ReadModels } from '../define-read-models.ts'
import { shows } from '../shows.ts'
import type { Cell, DocumentStep } from '../step.ts'

interface Merges {
  readonly models: ReadModels
  readonly generation: number
  readonly document: string
  /** By key. */
  readonly changes: ReadonlyMap<number, DocumentStep['set']>
}

type Fields = Readonly<Record<string, Cell>>

/** Merges fields into documents of a kind and brings its indexes to what they hold now. A few statements, however many documents. */
export async function mergeDocuments(
  tx: Transaction<unknown>,
  { models, generation, document, changes }: Merges,
): Promise<void> {
  const keys = JSON.stringify([...changes.keys()])
  const of = sql`generation = ${generation} and document = ${document} and key in (select value from json_each(${keys}))`
  const { rows } = await sql<{ key: number; fields: string }>`select key, fields from documents where ${of}`.execute(tx)
  const before = new Map(rows.map(({ key, fields }) => [key, JSON.parse(fields) as Fields]))
  const merged = [...changes].map(([key, set]) => [key, withoutNulls({ ...before.get(key), ...set })] as const)
  const [kept, gone] = [merged.filter(([, fields]) => !isEmpty(fields)), merged.filter(([, fields]) => isEmpty(fields))]
  await sql`insert into documents (generation, document, key, fields)
    select ${generation}, ${document}, value ->> 0, value ->> 1 from json_each(${JSON.stringify(kept.map(asTexts))}) where true
    on conflict (generation, document, key) do update set fields = excluded.fields`.execute(tx)
  if (gone.length > 0)
    await sql`delete from documents where generation = ${generation} and document = ${document}
      and key in (select value from json_each(${keysOf(gone)}))`.execute(tx)
  for (const [name, index] of models.indexes)
    if (index.document === document) await bringIndex(tx, { generation, name, values: valuesIn(models, index, merged) })
}

interface Values {
  readonly generation: number
  readonly name: string
  /** By key; null for what is not in the index. */
  readonly values: readonly (readonly [number, number | null])[]
}

async function bringIndex(tx: Transaction<unknown>, { generation, name, values }: Values): Promise<void> {
  const [inside, outside] = [values.filter(([, value]) => value !== null), values.filter(([, value]) => value === null)]
  await sql`insert into indexed (generation, index_name, key, value)
    select ${generation}, ${name}, value ->> 0, value ->> 1 from json_each(${JSON.stringify(inside)}) where true
    on conflict (generation, index_name, key) do update set value = excluded.value`.execute(tx)
  if (outside.length > 0)
    await sql`delete from indexed where generation = ${generation} and index_name = ${name}
      and key in (select value from json_each(${keysOf(outside)}))`.execute(tx)
}

function valuesIn(
  models: ReadModels,
  { document, field, absent }: Index,
  merged: readonly (readonly [number, Fields])[],
): Values['values'] {
  return merged.map(([key, fields]) => {
    const value = shows(models, document, fields) ? (fields[field] ?? absent) : null
    return [key, typeof value === 'number' ? value : null]
  })
}

const asTexts = ([key, fields]: readonly [number, Fields]) => [key, JSON.stringify(fields)]
const keysOf = (entries: readonly (readonly [number, unknown])[]) => JSON.stringify(entries.map(([key]) => key))
const isEmpty = (fields: Fields) => Object.keys(fields).length === 0

function withoutNulls(fields: DocumentStep['set']): Fields {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Cell] => entry[1] !== null))
}
