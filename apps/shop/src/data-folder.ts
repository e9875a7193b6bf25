import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { makeFolder } from '@magasin/service-kit/durable-folder'

export interface HeldFolder {
  release(): void
}

/**
 * Makes the data folder and holds it for this process. Node has no file lock, SQLite has one: an exclusive transaction on a file of
 * its own, which the operating system ends with the process, however that ends.
 * Throws DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE.
 */
export async function holdDataFolder(dataDir: string): Promise<HeldFolder> {
  const pidFile = join(dataDir, 'shop.pid')
  try {
    await makeFolder(resolve(dataDir), 0o700)
    const lock = takeLock(dataDir)
    writeFileSync(pidFile, `${process.pid}\n`)
    return { release: () => lock.close() }
  } catch (cause) {
    throw holdError(dataDir, pidFile, cause)
  }
}

/** Whether some process holds a data folder now. Changes nothing in it. */
export function isDataFolderHeld(dataDir: string): boolean {
  if (!existsSync(lockFile(dataDir))) return false
  try {
    takeLock(dataDir).close()
    return false
  } catch (error) {
    return isBusy(error)
  }
}

const lockFile = (dataDir: string): string => join(dataDir, 'shop.lock')

function takeLock(dataDir: string): DatabaseSync {
  const lock = new DatabaseSync(lockFile(dataDir), { timeout: 0 })
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

function holdError(dataDir: string, pidFile: string, cause: unknown): MagasinError {
  const folder = resolve(dataDir)
  if (isBusy(cause)) {
    const pid = readPid(pidFile)
    return new MagasinError(
      'DATA_FOLDER_IN_USE',
      `a shop runs on ${folder} already${pid === undefined ? '' : ` (process ${pid})`}: stop it first, or set MAGASIN_DATA to another folder`,
      { cause },
    )
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new MagasinError(
    'DATA_FOLDER_UNUSABLE',
    `the data folder ${folder} cannot be used (${reason}): set MAGASIN_DATA to a folder that can be written`,
    {
      cause,
    },
  )
}

function readPid(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
