import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes a folder and those above it, durable when it resolves. `dir` is absolute. */
export async function makeFolder(dir: string, mode = 0o777): Promise<void> {
  const topmost = await mkdir(dir, { recursive: true, mode })
  if (topmost === undefined) return
  for (let made = dir; made.length >= topmost.length; made = dirname(made)) await syncFolder(dirname(made))
}

/** Makes durable which files a folder holds, and under which names. */
export async function syncFolder(dir: string): Promise<void> {
  // Windows opens no folder as a file; NTFS keeps names in a journal of its own.
  if (process.platform === 'win32') return
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
