import { isMagasinError } from '@magasin/contracts/magasin-error'
import { faultError } from '../fault-error.ts'
import type { SqlFault } from '../sql-database.ts'

// Primary result codes, https://www.sqlite.org/rescode.html; an extended code has them in its low byte.
const faults: Readonly<Record<number, SqlFault>> = {
  5: 'contended', // SQLITE_BUSY
  6: 'contended', // SQLITE_LOCKED
  10: 'unavailable', // SQLITE_IOERR
  11: 'damaged', // SQLITE_CORRUPT
  13: 'unavailable', // SQLITE_FULL
  14: 'unavailable', // SQLITE_CANTOPEN
  26: 'damaged', // SQLITE_NOTADB
}
const sqlError = 1 // SQLITE_ERROR
const uniqueConstraints = new Set([1555, 2067]) // SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE

/** The kind of fault of an error of node:sqlite, or of the MagasinError made from one. */
export function sqliteFaultOf(error: unknown): SqlFault {
  if (isMagasinError(error)) return sqliteFaultOf(error.cause)
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return 'other'
  if (uniqueConstraints.has(error.errcode)) return 'duplicate'
  if (error.errcode === sqlError && error.message.startsWith('no such table')) return 'unfinished'
  return faults[error.errcode & 0xff] ?? 'other'
}

/** Runs a statement; a fault of the database itself becomes the error that callers know. */
export function translated<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw faultError(sqliteFaultOf(error), error) ?? error
  }
}
