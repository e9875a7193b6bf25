import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Every file of a folder, and which file it is: one that was written again is another one. */
export function writtenFiles(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => {
      const { ino, mtimeMs } = statSync(join(folder, name))
      return [name, `${ino} ${mtimeMs}`]
    }),
  )
}
