import { isMagasinError } from '@magasin/contracts/magasin-error'
import { faultError } from '../fault-error.ts'
import type { SqlFault } from '../sql-database.ts'

// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html, https://mariadb.com/kb/en/mariadb-error-code-reference/
const faults: Readonly<Record<number, SqlFault>> = {
  1020: 'contended', // ER_CHECKREAD: the row has changed since it was read
  1205: 'contended', // ER_LOCK_WAIT_TIMEOUT
  1213: 'contended', // ER_LOCK_DEADLOCK
  1412: 'contended', // ER_TABLE_DEF_CHANGED
  1062: 'duplicate', // ER_DUP_ENTRY
  1146: 'unfinished', // ER_NO_SUCH_TABLE
  1034: 'damaged', // ER_NOT_KEYFILE
  1194: 'damaged', // ER_CRASHED_ON_USAGE
  1712: 'damaged', // ER_INDEX_CORRUPT
  1877: 'damaged', // ER_TABLE_CORRUPT
  1021: 'unavailable', // ER_DISK_FULL
  1026: 'unavailable', // ER_ERROR_ON_WRITE
  1030: 'unavailable', // ER_GET_ERRNO: the storage engine's own error
  1040: 'unavailable', // ER_CON_COUNT_ERROR: too many connections
  1044: 'unavailable', // ER_DBACCESS_DENIED_ERROR
  1045: 'unavailable', // ER_ACCESS_DENIED_ERROR
  1049: 'unavailable', // ER_BAD_DB_ERROR
  1053: 'unavailable', // ER_SERVER_SHUTDOWN
  1114: 'unavailable', // ER_RECORD_FILE_FULL
  1129: 'unavailable', // ER_HOST_IS_BLOCKED
  1130: 'unavailable', // ER_HOST_NOT_PRIVILEGED
  1180: 'unavailable', // ER_ERROR_DURING_COMMIT
  1203: 'unavailable', // ER_TOO_MANY_USER_CONNECTIONS
  1226: 'unavailable', // ER_USER_LIMIT_REACHED
  1290: 'unavailable', // ER_OPTION_PREVENTS_STATEMENT: read only
  1317: 'unavailable', // ER_QUERY_INTERRUPTED: killed
  1792: 'unavailable', // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  1836: 'unavailable', // ER_READ_ONLY_MODE
  1927: 'unavailable', // ER_CONNECTION_KILLED (MariaDB)
}

// Answers after which the connection is not used again: it ends, or an operator killed it or its query.
const lastWords = new Set([1053, 1317, 1927])

/** A connection was lost in use, or must not be used again. The server rolls back what was begun on it. */
export class LostConnection extends Error {}

/** COMMIT was sent and nothing certain came back. */
export class UnansweredCommit extends Error {}

/** The kind of fault of a driver's error, or of the MagasinError made from one. */
export function mysqlFaultOf(error: unknown): SqlFault {
  if (isMagasinError(error)) return mysqlFaultOf(error.cause)
  if (error instanceof UnansweredCommit) return 'unanswered'
  if (error instanceof LostConnection || isFatal(error)) return 'unavailable'
  return faults[errnoOf(error) ?? 0] ?? 'other'
}

/** Whether a connection was lost in use: its transaction was rolled back and can be tried on another one. */
export function wasLost(error: unknown): boolean {
  return isMagasinError(error) && error.cause instanceof LostConnection
}

/** The error of a statement, as callers know it. An error that is no answer of the server means that the connection is lost. */
export function translated(error: unknown): unknown {
  const errno = errnoOf(error)
  if (errno === undefined || lastWords.has(errno) || isFatal(error))
    return faultError('unavailable', new LostConnection('the connection was lost', { cause: error }))
  return faultError(mysqlFaultOf(error), error) ?? error
}

/** The number of an error that the server answered with; undefined for other errors, which have no SQLSTATE. */
export function errnoOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errno' in error) || !('sqlState' in error)) return undefined
  return typeof error.errno === 'number' ? error.errno : undefined
}

function isFatal(error: unknown): boolean {
  return error instanceof Error && 'fatal' in error && error.fatal === true
}
