import { existsSync } from 'node:fs'
import { copyFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { coolrielFile } from '@magasin/coolriel/open-database'
import { describeDatabase } from '@magasin/service-kit/database-setting'
import { makeWholeFolder } from '@magasin/service-kit/whole-folder'
import type { ShopConfig } from '@magasin/shop/config'
import { copySqlite } from '@magasin/sql/sqlite/copy-sqlite'
import { storeFile } from '@magasin/store-manager/open-store'

/**
 * Copies the databases and the manager's token into a new folder, which is there whole or not at all; resolves with what was copied.
 * Coolriel's database first: were it the later copy, its positions could lie beyond the end of the store's, and the events that a
 * restored store numbers anew would get no e-mail. Throws DATA_MISSING, BACKUP_UNUSABLE, DATABASE_DAMAGED.
 */
export async function backUp(
  { dataDir, database }: Pick<ShopConfig, 'dataDir' | 'database'>,
  out: string,
): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
  const target = resolve(out)
  if (database !== 'sqlite')
    throw new MagasinError(
      'BACKUP_UNUSABLE',
      `only files are copied here, and MAGASIN_DB names ${describeDatabase(database)}: use mysqldump or mariadb-dump with --single-transaction, for the database of Coolriel first, then for that of the store`,
    )
  if (!existsSync(storeFile(dataDir)))
    throw new MagasinError('DATA_MISSING', `there is no store in ${resolve(dataDir)}: set MAGASIN_DATA to its folder`)
  if (existsSync(target))
    throw new MagasinError('BACKUP_UNUSABLE', `${target} is there already: name a folder that is not`)
  return makeWholeFolder(target, (draft) => copyInto(draft, dataDir)).catch((error: unknown) => {
    throw error instanceof Error && 'syscall' in error
      ? new MagasinError('BACKUP_UNUSABLE', `${target} cannot be written (${error.message})`, { cause: error })
      : error
  })
}

async function copyInto(folder: string, dataDir: string) {
  const copied = []
  for (const file of [coolrielFile(dataDir), storeFile(dataDir)].filter((one) => existsSync(one))) {
    const copy = join(folder, basename(file))
    copySqlite(file, copy)
    copied.push({ name: basename(file), bytes: (await stat(copy)).size })
  }
  const token = join(dataDir, 'manager.token')
  if (existsSync(token)) await copyFile(token, join(folder, 'manager.token'))
  return copied
}
