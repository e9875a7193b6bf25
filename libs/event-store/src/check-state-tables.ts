import type { Catalogue } from '@magasin/contracts/catalogue'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { readTableShape, type TableShape } from '@magasin/sql/table-shape'
import type { StateTable } from './state-table.ts'

/**
 * Refuses state tables that could lose state without a word, or only at the first command: an Error for two of one name, and for a
 * projection of an event that this store never records; DATA_MISSING for a table, column, key or index that the database does not have.
 */
export async function checkStateTables<Tables>(
  tables: readonly StateTable[],
  { catalogue, owner, database }: StateTableTerms<Tables>,
): Promise<void> {
  const names = tables.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new Error(`two state tables are called ${twice}`)
  for (const table of tables) {
    refuseForeignEvents(table, { catalogue, owner })
    const shape = await readTableShape(database, table.name)
    if (shape === undefined)
      throw missing(`the database has no table called ${table.name}: give the store the migration that makes it`)
    refuseOtherShape(table, shape)
  }
}

interface StateTableTerms<Tables> {
  readonly catalogue: Catalogue
  readonly owner: string
  readonly database: SqlDatabase<Tables>
}

function refuseForeignEvents(
  { name, projections }: StateTable,
  { catalogue, owner }: Pick<StateTableTerms<unknown>, 'catalogue' | 'owner'>,
): void {
  for (const type of Object.keys(projections)) {
    const definition = catalogue.events.get(type)
    if (definition === undefined) throw new Error(`${name} projects ${type}, which no family of the catalogue declares`)
    if (definition.topic.owner !== owner)
      throw new Error(`${name} projects ${type}, which belongs to ${definition.topic.owner}: this store is ${owner}'s`)
  }
}

function refuseOtherShape({ name, key, uniques = [], indexes = [] }: StateTable, shape: TableShape): void {
  const absent = [...key, ...uniques, ...indexes].find((column) => !shape.columns.includes(column))
  if (absent !== undefined)
    throw missing(`${name} has no column ${absent}: add it by a migration, or correct the state table's declaration`)
  if (key.join() !== shape.key.join())
    throw missing(
      `the primary key of ${name} is (${shape.key.join(', ')}), its state table declares (${key.join(', ')}): correct one of them`,
    )
  const isUnique = (column: string) => shape.indexes.some((one) => one.isUnique && one.columns.join() === column)
  const notUnique = uniques.find((column) => !isUnique(column))
  if (notUnique !== undefined)
    throw missing(
      `${name}.${notUnique} has no unique index of its own: make one by a migration (create unique index), or take it out of uniques`,
    )
  const unindexed = indexes.find((column) => !shape.indexes.some(({ columns: [first] }) => first === column))
  if (unindexed !== undefined)
    throw missing(
      `${name}.${unindexed} has no index that begins with it: make one by a migration (create index), or take it out of indexes`,
    )
}

const missing = (message: string) => new MagasinError('DATA_MISSING', message)
