import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder by filling another one beside it and renaming that: it is there whole or not at all, also after a kill. Does nothing
 * when it is there; of two processes that make the same one, the slower throws its own away.
 */
export async function makeWhole(folder: string, fill: (draft: string) => Promise<unknown>): Promise<void> {
  if (existsSync(folder)) return
  await mkdir(dirname(folder), { recursive: true })
  const draft = await mkdtemp(`${folder}.draft-`)
  try {
    await fill(draft)
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}
