import { readFileSync } from 'node:fs'

/** The text of a file, or undefined where it cannot be read. */
export function readText(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
