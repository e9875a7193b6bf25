import { existsSync } from 'node:fs'
import { copyFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { databaseFile } from '@magasin/host/open-own-database'
import { describeDatabase } from '@magasin/service-kit/database-setting'
import { makeWholeFolder } from '@magasin/service-kit/whole-folder'
import { parts, partsWithDatabase } from '@magasin/shop/parts'
import { copySqlite } from '@magasin/sql/sqlite/copy-sqlite'
import type { DatabaseSettings } from '../../databases.ts'

/**
 * The parts in the order in which they are copied: a reader before what it reads. Were a reader's database the later copy, its
 * positions could lie beyond the end of the log, and it would pass over the events that a restored store numbers anew.
 */
const readersFirst = partsWithDatabase.toReversed()

/**
 * Copies the databases and the secrets beside them into a new folder, which is there whole or not at all; resolves with what was
 * copied. Throws DATA_MISSING, BACKUP_UNUSABLE, DATABASE_DAMAGED.
 */
export async function copyDataFolder(
  { dataDir, database }: DatabaseSettings,
  out: string,
): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
  const target = resolve(out)
  if (database !== 'sqlite')
    throw new MagasinError(
      'BACKUP_UNUSABLE',
      `only files are copied here, and MAGASIN_DB names ${describeDatabase(database)}: use mysqldump or mariadb-dump with --single-transaction, for ${readersFirst.map(({ databaseTitle }) => `the ${databaseTitle}`).join(', then for ')}`,
    )
  for (const part of partsWithDatabase)
    if (part.holds.events && !existsSync(databaseFile(part, dataDir)))
      throw new MagasinError(
        'DATA_MISSING',
        `there is no ${part.databaseTitle} in ${resolve(dataDir)}: set MAGASIN_DATA to its folder`,
      )
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
  for (const file of readersFirst.map((part) => databaseFile(part, dataDir)).filter((one) => existsSync(one))) {
    const copy = join(folder, basename(file))
    copySqlite(file, copy)
    copied.push({ name: basename(file), bytes: (await stat(copy)).size })
  }
  for (const secret of parts.flatMap(({ secretFiles }) => secretFiles))
    if (existsSync(join(dataDir, secret))) await copyFile(join(dataDir, secret), join(folder, secret))
  return copied
}
