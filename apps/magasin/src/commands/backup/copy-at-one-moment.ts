import { constants, existsSync } from 'node:fs'
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { copySqlite } from '@magasin/sql/sqlite/copy-sqlite'

// SQLite gives no turn to who waits: among writers without a pause a longer wait is needed than any of them has.
const turnMs = 30_000

/**
 * Copies SQLite databases into a folder as all of them are at one moment, and checks the copies. Writers are held meanwhile: services
 * that answer each other would else be copied at two moments, one of which holds the answer to what the other one never asked.
 * They are held for as long as the bytes take; what takes longer, to write each copy compact and to check it, comes after.
 * Throws BACKUP_UNUSABLE if they cannot be held, DATABASE_DAMAGED.
 */
export async function copyAtOneMoment(files: readonly string[], folder: string): Promise<void> {
  const raw = join(folder, '.raw')
  await mkdir(raw)
  {
    using held = new DisposableStack()
    // In one order, whoever calls: two backups at once do not wait for each other.
    for (const file of files.toSorted()) held.adopt(holdWriters(file), (database) => database.close())
    // No commit can come between, so that the log beside a file is not begun anew: both together are the database, as after a crash.
    for (const file of files) for (const part of [file, `${file}-wal`]) await copyIfThere(part, raw)
  }
  for (const file of files) copySqlite(join(raw, basename(file)), join(folder, basename(file)))
  await rm(raw, { recursive: true })
}

function holdWriters(file: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: turnMs })
    database.exec('begin immediate')
    return database
  } catch (error) {
    database?.close()
    throw asMagasinError(file, error as Error & { readonly errcode?: number })
  }
}

async function copyIfThere(file: string, folder: string): Promise<void> {
  if (existsSync(file)) await copyFile(file, join(folder, basename(file)), constants.COPYFILE_FICLONE)
}

// SQLITE_CORRUPT and SQLITE_NOTADB; the rest of a code is detail.
const damaged = [11, 26]

function asMagasinError(file: string, error: Error & { readonly errcode?: number }): MagasinError {
  return damaged.includes((error.errcode ?? 0) & 0xff)
    ? new MagasinError('DATABASE_DAMAGED', `${file} is not whole: ${error.message}`, { cause: error })
    : new MagasinError(
        'BACKUP_UNUSABLE',
        `${file} cannot be held still while it is copied (${error.message}): run it as the user of the shop, and when fewer commands come`,
        { cause: error },
      )
}
