import { join } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { describeDatabase, type DatabaseSetting } from '@magasin/service-kit/database-setting'
import { inspectMysql } from '@magasin/sql/mysql/inspect-mysql'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { SubscriberTables } from '@magasin/subscribers/tables'

/** Where Coolriel's database is: in a file of its data folder, unless `database` names a server. */
export interface CoolrielPlace {
  readonly dataDir: string
  readonly database?: DatabaseSetting
}

/** The file of Coolriel's database in a data folder. */
export const coolrielFile = (dataDir: string): string => join(dataDir, 'coolriel.db')

/**
 * Opens Coolriel's own database, which holds its positions and its parked events. It may be deleted: every e-mail is then written again.
 * With `readOnly` it makes nothing and changes nothing.
 * Throws CONFIG_INVALID where it is the store's, DATA_FOLDER_UNUSABLE, DATABASE_DAMAGED, DATABASE_REFUSED, STORE_UNAVAILABLE.
 */
export async function openCoolrielDatabase(
  { dataDir, database = 'sqlite' }: CoolrielPlace,
  options: { readonly readOnly?: boolean } = {},
): Promise<SqlDatabase<SubscriberTables>> {
  if (database === 'sqlite') return openSqlite({ file: coolrielFile(dataDir), ...options })
  if ((await inspectMysql(database)).tables.includes('log_identity'))
    throw new MagasinError(
      'CONFIG_INVALID',
      `the settings are wrong:\n  MAGASIN_DB names the store’s database, ${describeDatabase(database)}: give Coolriel one of its own`,
    )
  return openMysql({ ...database, ...options })
}
