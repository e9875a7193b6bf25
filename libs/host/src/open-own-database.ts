import { join } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { describeDatabase, type DatabaseSetting, type MysqlDatabase } from '@magasin/service-kit/database-setting'
import { inspectMysql } from '@magasin/sql/mysql/inspect-mysql'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { claim, ownerTable, readOwner, type OwnerTables } from './owner.ts'
import type { PartWithDatabase } from './part.ts'

/** Where the database of a part is: in a file of its data folder, unless `database` names a server. */
export interface Place {
  readonly dataDir: string
  readonly database?: DatabaseSetting
  /** Told if a change of the schema has to wait for another process that changes it. */
  readonly onWaiting?: () => void
}

export interface OwnDatabaseOptions {
  readonly part: PartWithDatabase
  readonly place: Place
  /** Opens what is there, makes nothing and changes nothing. */
  readonly readOnly?: boolean
}

/** The file of a part's database in a data folder. */
export const databaseFile = ({ database }: PartWithDatabase, dataDir: string): string => join(dataDir, `${database}.db`)

/**
 * Opens the database of a service, making it if it is missing. A database belongs to one service: each has a row that says whose it is.
 * Safe for several processes at once.
 * Throws CONFIG_INVALID if it is another's, DATA_FOLDER_UNUSABLE, DATA_MISSING (read only), DATABASE_DAMAGED, DATABASE_REFUSED,
 * STORE_UNAVAILABLE.
 */
export async function openOwnDatabase<Tables>(options: OwnDatabaseOptions): Promise<SqlDatabase<Tables>> {
  const { part, place, readOnly = false } = options
  const opened = await openAt<Tables & OwnerTables>(options)
  const database = narrowDatabase<OwnerTables, Tables & OwnerTables>(opened)
  try {
    if (!readOnly) await claim(database, part.name)
    const owner = await readOwner(database)
    if (owner !== part.name) throw anothers(part, place, owner)
    return narrowDatabase<Tables, Tables & OwnerTables>(opened)
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** Whose a database on a server is; undefined if it is not there, or nobody's. Throws STORE_UNAVAILABLE, DATABASE_REFUSED. */
export async function ownerOf(place: MysqlDatabase): Promise<string | undefined> {
  if (!(await inspectMysql(place)).tables.includes(ownerTable)) return undefined
  const database = await openMysql<OwnerTables>({ ...place, readOnly: true })
  return readOwner(database).finally(() => database.close())
}

async function openAt<Tables>(options: OwnDatabaseOptions): Promise<SqlDatabase<Tables>> {
  const { part, place, readOnly = false } = options
  const { dataDir, database = 'sqlite', onWaiting } = place
  if (database === 'sqlite') return openSqlite({ file: databaseFile(part, dataDir), readOnly })
  return openMysql({ ...database, readOnly, ...(onWaiting === undefined ? {} : { onWaiting }) })
}

function anothers(part: PartWithDatabase, { dataDir, database = 'sqlite' }: Place, owner: string): MagasinError {
  const which =
    database === 'sqlite'
      ? `MAGASIN_DATA names a folder whose ${databaseFile(part, dataDir)} is the database of ${owner}`
      : `MAGASIN_DB names the database of ${owner}, ${describeDatabase(database)}`
  return new MagasinError('CONFIG_INVALID', `the settings are wrong:\n  ${which}: give ${part.name} one of its own`)
}
