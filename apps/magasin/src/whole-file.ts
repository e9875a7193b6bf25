import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { syncFolder } from '@magasin/service-kit/durable-folder'

/**
 * Writes a file that is there whole or not at all: into a temporary file beside it, flushed to disk, then renamed.
 * When `write` rejects or `signal` aborts, the temporary file is removed and what was there before stays.
 * Only its owner may read it: a history tells about people. Throws OUTPUT_FILE_UNUSABLE.
 */
export async function writeWholeFile(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.part`)
  const handle = await open(temporary, 'w', 0o600).catch((cause: unknown) => {
    throw unusable(file, cause)
  })
  try {
    await write(handle)
    await handle.sync()
    await handle.close()
    await rename(temporary, file)
    // The new name is durable only when the folder is.
    await syncFolder(dirname(file))
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(temporary, { force: true })
    throw error instanceof Error && 'syscall' in error ? unusable(file, error) : error
  }
}

function unusable(file: string, cause: unknown): MagasinError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new MagasinError(
    'OUTPUT_FILE_UNUSABLE',
    `${file} cannot be written (${reason}): name another file with --out`,
    { cause },
  )
}
