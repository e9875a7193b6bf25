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
  store: { file: storeFile, table: 'log_identity' },
  coolriel: { file: coolrielFile, table: 'positions' },
} as const

type Part = keyof typeof parts

/**
 * Where a service of the shop keeps its database; undefined where there is none. On a server `magasin start` gives each service one of
 * its own, named after the setting, and a service that runs by itself takes the setting as it is: whichever is there is meant.
 */
export async function findDatabase(
  { dataDir, database }: Pick<ShopConfig, 'dataDir' | 'database'>,
  part: Part,
): Promise<FoundDatabase | undefined> {
  const { file, table } = parts[part]
  if (database === 'sqlite') return existsSync(file(dataDir)) ? { dataDir, database } : undefined
  for (const candidate of [databaseOf(part, database), database])
    if (candidate !== 'sqlite' && (await inspectMysql(candidate)).tables.includes(table))
      return { dataDir, database: candidate }
  return undefined
}

/** As `findDatabase`; DATA_MISSING where there is none: a mistyped setting must not become a new shop. */
export async function existingDatabase(
  config: Pick<ShopConfig, 'dataDir' | 'database'>,
  part: Part,
): Promise<FoundDatabase> {
  const found = await findDatabase(config, part)
  if (found !== undefined) return found
  const { dataDir, database } = config
  const owner = part === 'store' ? 'store' : 'database of Coolriel'
  throw new MagasinError(
    'DATA_MISSING',
    database === 'sqlite'
      ? `there is no ${owner} ${resolve(parts[part].file(dataDir))}: start the shop once, or set MAGASIN_DATA to its folder`
      : `there is no ${owner} in ${describeDatabase(databaseOf(part, database))}, nor in ${describeDatabase(database)}: start it once, or set MAGASIN_DB to where it is`,
  )
}
