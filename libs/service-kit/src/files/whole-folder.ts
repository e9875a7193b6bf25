import { mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { makeFolder, syncFolder } from './durable-folder.ts'

/**
 * Makes a folder that is there whole or not at all: `fill` fills a draft beside it, which is flushed to disk, then renamed.
 * Resolves with what `fill` resolved with. When it rejects, the draft is removed. Only its owner may read it.
 * The folder must not be there, or be empty; folders above it are made. `fill` makes files only.
 */
export async function makeWholeFolder<T>(folder: string, fill: (draft: string) => Promise<T>): Promise<T> {
  const above = dirname(resolve(folder))
  await makeFolder(above)
  const draft = await mkdtemp(join(above, `.${basename(folder)}.part-`))
  try {
    const filled = await fill(draft)
    for (const name of await readdir(draft)) await flush(join(draft, name))
    await syncFolder(draft)
    await rename(draft, folder)
    await syncFolder(above)
    return filled
  } catch (error) {
    // If it cannot be removed either, the first error is the one to tell.
    await rm(draft, { recursive: true, force: true }).catch(() => undefined)
    throw error
  }
}

async function flush(path: string): Promise<void> {
  // Windows flushes only what is open for writing, which a copy of a protected file may not be elsewhere.
  const file = await open(path, process.platform === 'win32' ? 'r+' : 'r')
  await file.sync().finally(() => file.close())
}
