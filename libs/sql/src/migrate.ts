import { MagasinError } from '@magasin/contracts/magasin-error'
import { sql, type Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import type { SqlDatabase } from './sql-database.ts'

/** The migrations of one part of a database, by name; they are applied in the order of their names (`0001-…`). */
export interface MigrationSet {
  /** Its own table (`migrations_` and this) remembers what was applied. Letters and underscores. */
  readonly name: string
  readonly migrations: Readonly<Record<string, Migration>>
}

/**
 * Brings one part of a database to what this program needs; does nothing when it is there already.
 * - It may take as long as it takes, and so may the wait for another process that changes the schema of the same database.
 * - A process that runs on the schema of before goes on meanwhile, and afterwards if the change lets it.
 * - When it is cut short, the next start goes on: on SQLite from the beginning, since all of it is one transaction; on MySQL from the
 *   statement that was not done, if the migrations are made of steps (`schema-steps.ts`).
 * Throws DATABASE_NEWER when a newer version of Magasin has changed it: an older program would misread it. An Error if another set of
 * the same name was applied.
 */
export async function migrate<Tables>(database: SqlDatabase<Tables>, set: MigrationSet): Promise<void> {
  const isComplete = async (db: Kysely<Tables>) => {
    const applied = await readApplied(db, set, database.faultOf)
    refuseNewer(applied, set)
    return Object.keys(set.migrations).every((name) => applied.includes(name))
  }
  if (await isComplete(database.reader)) return
  await database.changeSchema(async (db) => {
    // Another process may have done it while this one waited, and may be newer.
    if (await isComplete(db)) return
    const migrator = new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve(set.migrations) },
      migrationTableName: tableOf(set),
      migrationLockTableName: `${tableOf(set)}_lock`,
    })
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error
  })
}

/** `migrate` for each set, in their order. Throws an Error for two of one name: the second would be taken for applied. */
export async function migrateAll<Tables>(database: SqlDatabase<Tables>, sets: readonly MigrationSet[]): Promise<void> {
  const names = sets.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw sameName(twice)
  for (const set of sets) await migrate(database, set)
}

const sameName = (name: string) => new Error(`two migration sets are called ${name}: give one of them another name`)

const tableOf = ({ name }: MigrationSet) => `migrations_${name}`

/** Reads that table alone: the server's list of tables may wait for one that is being changed. */
async function readApplied<Tables>(
  db: Kysely<Tables>,
  set: MigrationSet,
  faultOf: SqlDatabase<Tables>['faultOf'],
): Promise<readonly string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from ${sql.table(tableOf(set))}`.execute(db)
    return rows.map(({ name }) => name)
  } catch (error) {
    if (faultOf(error) === 'unfinished') return []
    throw error
  }
}

function refuseNewer(applied: readonly string[], set: MigrationSet): void {
  const unknown = applied.filter((name) => !Object.hasOwn(set.migrations, name))
  // A newer version knows what an older one does.
  if (applied.length > 0 && unknown.length === applied.length) throw sameName(set.name)
  if (unknown.length > 0)
    throw new MagasinError(
      'DATABASE_NEWER',
      `the database holds changes that this version of Magasin does not know (${set.name}: ${unknown.join(', ')}): run the newer version, or put an older backup back`,
    )
}
