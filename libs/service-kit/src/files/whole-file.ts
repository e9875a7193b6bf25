import { open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { syncFolder } from './durable-folder.ts'
import { replaceFile } from './replace-file.ts'

/**
 * Writes a file that is there whole or not at all: a draft beside it is flushed to disk, then renamed.
 * Resolves with what `write` resolved with. When it rejects, the old file stays and the draft is removed.
 * Also removes drafts of this file that killed processes left.
 * Only its owner may read it: a history tells about people, a token opens the shop. Throws OUTPUT_FILE_UNUSABLE.
 */
export async function writeWholeFile<T>(file: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const draft = join(dirname(file), temporaryName(basename(file), process.pid))
  await removeLeftovers(file)
  try {
    const written = await replaceFile({ file, draft, write: (path) => writeDraft(path, write) })
    // The new name is durable only when the folder is.
    await syncFolder(dirname(file))
    return written
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unusable(file, error) : error
  }
}

async function writeDraft<T>(path: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, 'w', 0o600)
  try {
    const written = await write(handle)
    await handle.sync()
    return written
  } finally {
    await handle.close()
  }
}

const temporaryName = (name: string, pid: number): string => `.${name}.${pid}.part`

/** Removes the drafts of processes that are gone. */
async function removeLeftovers(file: string): Promise<void> {
  const [folder, name] = [dirname(file), basename(file)]
  for (const found of await readdir(folder).catch(() => [])) {
    const pid = Number(/^\.(?<of>.+)\.(?<pid>\d+)\.part$/.exec(found)?.groups?.['pid'])
    if (found === temporaryName(name, pid) && !isAlive(pid)) await rm(join(folder, found), { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // The process lives, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function unusable(file: string, cause: unknown): MagasinError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new MagasinError(
    'OUTPUT_FILE_UNUSABLE',
    `${file} cannot be written (${reason}): mend that, or name another file`,
    { cause },
  )
}
