import { close, fsync, open, writeFile } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { promisify } from 'node:util'

// On descriptors: for a small file a FileHandle costs up to a fifth more than all of the calls.
const call = {
  open: promisify(open),
  writeFile: promisify(writeFile),
  fsync: promisify(fsync),
  close: promisify(close),
}

export interface Replacement<T> {
  readonly file: string
  /** In the same folder, because a rename across file systems is a copy. */
  readonly draft: string
  /** Makes the draft, and its content durable: else a power cut could leave the name without the content. */
  readonly write: (draft: string) => Promise<T>
  /** Checked last before the file is replaced. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Puts a new file under a name in one step: a reader sees the old one or the new one, whole. Resolves with what `write` resolved with.
 * The name is durable once its folder is: `syncFolder`. When it rejects, the old file stays and the draft is removed.
 */
export async function replaceFile<T>({ file, draft, write, signal }: Replacement<T>): Promise<T> {
  try {
    const written = await write(draft)
    signal?.throwIfAborted()
    await rename(draft, file)
    return written
  } catch (error) {
    // If it cannot be removed either, the first error is the one to tell.
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Makes a new file with this content, durable when it resolves but for its name. Rejects if there is a file of this name. */
export async function writeDurably(path: string, content: string): Promise<void> {
  const file = await call.open(path, 'wx')
  try {
    await call.writeFile(file, content)
    await call.fsync(file)
  } finally {
    await call.close(file)
  }
}
