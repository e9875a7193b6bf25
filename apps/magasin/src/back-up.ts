import { existsSync } from 'node:fs'
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { coolrielFile } from '@magasin/coolriel/open-database'
import { describeDatabase } from '@magasin/service-kit/database-setting'
import { syncFolder } from '@magasin/service-kit/durable-folder'
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
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.part`)
  try {
    await mkdir(temporary, { recursive: true, mode: 0o700 })
    const copied = []
    for (const file of [coolrielFile(dataDir), storeFile(dataDir)].filter((one) => existsSync(one))) {
      const copy = join(temporary, basename(file))
      copySqlite(file, copy)
      copied.push({ name: basename(file), bytes: (await stat(copy)).size })
    }
    const token = join(dataDir, 'manager.token')
    if (existsSync(token)) await copyFile(token, join(temporary, 'manager.token'))
    await flush(
      temporary,
      copied.map(({ name }) => name),
    )
    await rename(temporary, target)
    await syncFolder(dirname(target))
    return copied
  } catch (error) {
    // Where the folder could not be made, it cannot be removed either; the first error is the one to tell.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    throw error instanceof Error && 'syscall' in error
      ? new MagasinError('BACKUP_UNUSABLE', `${target} cannot be written (${error.message})`, { cause: error })
      : error
  }
}

async function flush(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const file = await open(join(folder, name), 'r')
    await file.sync().finally(() => file.close())
  }
  await syncFolder(folder)
}
