import { MagasinError } from '@magasin/contracts/magasin-error'
import { sql, type Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import type { SqlDatabase } from './sql-database.ts'

/** The migrations of one part of a database, by name; names sort in the order in which they are applied (`0001-…`). */
export interface MigrationSet {
  /** Names the part: its own table remembers what was applied. Letters and underscores. */
  readonly part: string
  readonly migrations: Readonly<Record<string, Migration>>
}

/**
 * Brings one part of a database to what this program needs; does nothing when it is there already.
 * Throws DATABASE_NEWER when a newer version of Magasin has changed it: an older program would misread it.
 */
export async function migrate<Tables>(database: SqlDatabase<Tables>, set: MigrationSet): Promise<void> {
  const table = `migrations_${set.part}`
  await refuseNewer(database.reader, table, set)
  const migrator = (db: Kysely<Tables>) =>
    new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve(set.migrations) },
      migrationTableName: table,
      migrationLockTableName: `${table}_lock`,
    })
  const pending = (await migrator(database.reader).getMigrations()).some(
    (migration) => migration.executedAt === undefined,
  )
  if (!pending) return
  await database.changeSchema(async (db) => {
    const { error } = await migrator(db).migrateToLatest()
    if (error !== undefined) throw error
  })
}

async function refuseNewer<Tables>(reader: Kysely<Tables>, table: string, set: MigrationSet): Promise<void> {
  const exists = (await reader.introspection.getTables({ withInternalKyselyTables: true })).some(
    ({ name }) => name === table,
  )
  if (!exists) return
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(table)}`.execute(reader)
  const unknown = rows.map(({ name }) => name).filter((name) => !Object.hasOwn(set.migrations, name))
  if (unknown.length > 0)
    throw new MagasinError(
      'DATABASE_NEWER',
      `the database holds changes that this version of Magasin does not know (${set.part}: ${unknown.join(', ')}): run the newer version, or put an older backup back`,
    )
}
