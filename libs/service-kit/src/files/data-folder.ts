import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { makeFolder } from './durable-folder.ts'

export interface HeldFolder {
  release(): void
}

/**
 * Makes the data folder, and holds the named databases in it for this process: one for each service. Node has no file lock,
 * SQLite has one: an exclusive transaction on a lock file. The operating system ends it with the process.
 * Throws DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE.
 */
export async function holdDataFolder(dataDir: string, databases: readonly string[]): Promise<HeldFolder> {
  await makeFolder(resolve(dataDir), 0o700).catch((cause: unknown) => {
    throw unusable(dataDir, cause)
  })
  const locks: DatabaseSync[] = []
  const release = () => locks.forEach((lock) => lock.close())
  for (const name of databases)
    try {
      locks.push(takeLock(dataDir, name))
      writeFileSync(pidFile(dataDir, name), `${process.pid}\n`)
    } catch (cause) {
      release()
      throw isBusy(cause) ? inUse(dataDir, name, cause) : unusable(dataDir, cause)
    }
  return { release }
}

/** Whether some process holds this database of a data folder now. Changes nothing in it. */
export function isDataFolderHeld(dataDir: string, database: string): boolean {
  if (!existsSync(lockFile(dataDir, database))) return false
  try {
    takeLock(dataDir, database).close()
    return false
  } catch (error) {
    return isBusy(error)
  }
}

const lockFile = (dataDir: string, database: string): string => join(dataDir, `${database}.lock`)
const pidFile = (dataDir: string, database: string): string => join(dataDir, `${database}.pid`)

function takeLock(dataDir: string, database: string): DatabaseSync {
  const lock = new DatabaseSync(lockFile(dataDir, database), { timeout: 0 })
  try {
    lock.exec('begin exclusive')
    return lock
  } catch (error) {
    lock.close()
    throw error
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === busy
}

const busy = 5 // SQLITE_BUSY

function inUse(dataDir: string, database: string, cause: unknown): MagasinError {
  const pid = readPid(pidFile(dataDir, database))
  return new MagasinError(
    'DATA_FOLDER_IN_USE',
    `another process works on ${join(resolve(dataDir), database)}.db already${pid === undefined ? '' : ` (process ${pid})`}: stop it first, or set MAGASIN_DATA to another folder`,
    { cause },
  )
}

function unusable(dataDir: string, cause: unknown): MagasinError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new MagasinError(
    'DATA_FOLDER_UNUSABLE',
    `the data folder ${resolve(dataDir)} cannot be used (${reason}): set MAGASIN_DATA to a folder that can be written`,
    { cause },
  )
}

function readPid(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
