import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { coolrielFile } from '@magasin/coolriel/open-database'
import { databaseOf, describeDatabase, type DatabaseSetting } from '@magasin/service-kit/database-setting'
import type { ShopConfig } from '@magasin/shop/config'
import { inspectMysql } from '@magasin/sql/mysql/inspect-mysql'
import { storeFile } from '@magasin/store-manager/open-store'

/** The database of one service, which is there. */
export interface FoundDatabase {
  readonly dataDir: string
  readonly database: DatabaseSetting
}

const parts = {
  store: { file: storeFile, table: 'log_identity', what: 'store' },
  coolriel: { file: coolrielFile, table: 'positions', what: 'database of Coolriel' },
} as const

type Part = keyof typeof parts

/**
 * Where a service of the shop keeps its database; undefined where there is none. On a server `magasin start` gives each service one of
 * its own, named after the setting, and a service that runs by itself takes the setting as it is: whichever is there is meant.
 * Throws CONFIG_INVALID where both are: a command that took one for the other would work on a shop that nobody looks at.
 */
export async function findDatabase(
  { dataDir, database }: Pick<ShopConfig, 'dataDir' | 'database'>,
  part: Part,
): Promise<FoundDatabase | undefined> {
  const { file, table, what } = parts[part]
  if (database === 'sqlite') return existsSync(file(dataDir)) ? { dataDir, database } : undefined
  const found: DatabaseSetting[] = []
  for (const candidate of [databaseOf(part, database), database])
    if (candidate !== 'sqlite' && (await inspectMysql(candidate)).tables.includes(table)) found.push(candidate)
  if (found.length > 1)
    throw new MagasinError(
      'CONFIG_INVALID',
      `the settings are wrong:\n  MAGASIN_DB may mean ${found.map(describeDatabase).join(' or ')}, each of which holds a ${what}: name the first where that is meant, or drop the one that nobody uses`,
    )
  return found[0] && { dataDir, database: found[0] }
}

/** As `findDatabase`, but throws DATA_MISSING where there is none: a mistyped setting must not become a new shop. */
export async function existingDatabase(
  config: Pick<ShopConfig, 'dataDir' | 'database'>,
  part: Part,
): Promise<FoundDatabase> {
  const found = await findDatabase(config, part)
  if (found !== undefined) return found
  const { dataDir, database } = config
  const { file, what } = parts[part]
  throw new MagasinError(
    'DATA_MISSING',
    database === 'sqlite'
      ? `there is no ${what} ${resolve(file(dataDir))}: start the shop once, or set MAGASIN_DATA to its folder`
      : `there is no ${what} in ${describeDatabase(databaseOf(part, database))}, nor in ${describeDatabase(database)}: start it once, or set MAGASIN_DB to where it is`,
  )
}
