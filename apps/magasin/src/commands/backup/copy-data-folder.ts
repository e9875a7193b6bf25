import { existsSync } from 'node:fs'
import { copyFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { databaseFile } from '@magasin/host/open-own-database'
import type { PartWithDatabase } from '@magasin/host/part'
import { describeDatabase } from '@magasin/service-kit/database-setting'
import { makeWholeFolder } from '@magasin/service-kit/whole-folder'
import { parts, partsWithDatabase } from '@magasin/shop/parts'
import type { DatabaseSettings } from '../../databases.ts'
import { copyAtOneMoment } from './copy-at-one-moment.ts'

/** What was copied, and whose database was not there: it was never started here. */
export interface FolderCopy {
  readonly copied: readonly { readonly name: string; readonly bytes: number }[]
  readonly missing: readonly PartWithDatabase[]
}

/**
 * Copies the databases, all as they are at one moment, and the secrets beside them into a new folder, which is there whole or not at
 * all. Throws DATA_MISSING if no database is there, BACKUP_UNUSABLE, DATABASE_DAMAGED.
 */
export async function copyDataFolder({ dataDir, database }: DatabaseSettings, out: string): Promise<FolderCopy> {
  const target = resolve(out)
  if (database !== 'sqlite')
    throw new MagasinError(
      'BACKUP_UNUSABLE',
      `only files are copied here, and MAGASIN_DB names ${describeDatabase(database)}: use mysqldump or mariadb-dump with --single-transaction, and with --databases for ${partsWithDatabase.map(({ databaseTitle }) => `the ${databaseTitle}`).join(' and ')} in one call, so that all are of one moment`,
    )
  const there = partsWithDatabase.filter((part) => existsSync(databaseFile(part, dataDir)))
  const missing = partsWithDatabase.filter((part) => !there.includes(part))
  if (there.length === 0)
    throw new MagasinError(
      'DATA_MISSING',
      `there is no ${missing[0]?.databaseTitle} in ${resolve(dataDir)}: set MAGASIN_DATA to its folder`,
    )
  if (existsSync(target))
    throw new MagasinError('BACKUP_UNUSABLE', `${target} is there already: name a folder that is not`)
  const files = there.map((part) => databaseFile(part, dataDir))
  const copied = await makeWholeFolder(target, (draft) => copyInto(draft, { files, dataDir })).catch(
    (error: unknown) => {
      throw error instanceof Error && 'syscall' in error
        ? new MagasinError('BACKUP_UNUSABLE', `${target} cannot be written (${error.message})`, { cause: error })
        : error
    },
  )
  return { copied, missing }
}

async function copyInto(
  folder: string,
  { files, dataDir }: { readonly files: readonly string[]; readonly dataDir: string },
) {
  await copyAtOneMoment(files, folder)
  for (const secret of parts.flatMap(({ secretFiles }) => secretFiles))
    if (existsSync(join(dataDir, secret))) await copyFile(join(dataDir, secret), join(folder, secret))
  const names = files.map((file) => basename(file))
  return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })))
}
