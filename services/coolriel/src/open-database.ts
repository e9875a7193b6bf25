import { join } from 'node:path'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { SubscriberTables } from '@magasin/subscribers/tables'

/** The file of Coolriel's database in a data folder. */
export const coolrielFile = (dataDir: string): string => join(dataDir, 'coolriel.db')

/** Opens Coolriel's own database, which holds its positions and its parked events. It may be deleted: every e-mail is then written again. */
export function openCoolrielDatabase(
  dataDir: string,
  options: { readonly readOnly?: boolean } = {},
): SqlDatabase<SubscriberTables> {
  return openSqlite({ file: coolrielFile(dataDir), ...options })
}
