import { readFileSync, writeFileSync } from 'node:fs'
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
    const lock = new DatabaseSync(join(dataDir, 'shop.lock'), { timeout: 0 })
    try {
      lock.exec('begin exclusive')
    } catch (error) {
      lock.close()
      throw error
    }
    writeFileSync(pidFile, `${process.pid}\n`)
    return { release: () => lock.close() }
  } catch (cause) {
    throw holdError(dataDir, pidFile, cause)
  }
}

const busy = 5 // SQLITE_BUSY

function holdError(dataDir: string, pidFile: string, cause: unknown): MagasinError {
  const folder = resolve(dataDir)
  if (cause instanceof Error && 'errcode' in cause && cause.errcode === busy) {
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
