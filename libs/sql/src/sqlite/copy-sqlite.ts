import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { MagasinError } from '@magasin/contracts/magasin-error'

/**
 * Copies a SQLite database as it is at one moment, also while others write it, into a file that is not there yet, and checks the copy.
 * Only its owner reads it, as the original.
 * Throws DATABASE_DAMAGED when the original or the copy is not whole.
 */
export function copySqlite(from: string, to: string): void {
  using source = openForReading(from)
  closeSync(openSync(to, 'wx', 0o600))
  // One read transaction, however long it takes; SQLite's backup API begins anew at every commit of another process.
  source.database.prepare('vacuum into ?').run(to)
  const faults = checkSqlite(to)
  if (faults.length > 0)
    throw new MagasinError('DATABASE_DAMAGED', `the copy of ${from} is not whole: ${faults.join('; ')}`)
}

/** What is wrong in a SQLite file, in SQLite's words; empty when nothing is. */
export function checkSqlite(file: string): readonly string[] {
  try {
    using source = openForReading(file)
    const rows = source.database.prepare('pragma integrity_check(10)').all() as unknown as readonly {
      integrity_check: string
    }[]
    return rows.map(({ integrity_check: found }) => found).filter((found) => found !== 'ok')
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

function openForReading(file: string) {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  return { database, [Symbol.dispose]: () => database.close() }
}
