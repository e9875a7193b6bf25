import { isMagasinError, MagasinError } from '@magasin/contracts/magasin-error'
import { errnoOf } from './faults.ts'
import { addressOf, type MysqlOptions } from './mysql-options.ts'

// An operator has to change something first; every other error may pass by itself.
const refusals = new Set([
  1044, // ER_DBACCESS_DENIED_ERROR
  1045, // ER_ACCESS_DENIED_ERROR
  1049, // ER_BAD_DB_ERROR
  1142, // ER_TABLEACCESS_DENIED_ERROR
  1227, // ER_SPECIFIC_ACCESS_DENIED_ERROR
  1251, // ER_NOT_SUPPORTED_AUTH_MODE
  1698, // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
])

/** The error of a connection that could not be made: STORE_UNAVAILABLE, for any reason. */
export function cannotConnect(options: MysqlOptions, cause: unknown): MagasinError {
  return new MagasinError(
    'STORE_UNAVAILABLE',
    `the database server at ${addressOf(options)} cannot be reached (${reasonOf(cause)}): look at whether it runs, or correct MAGASIN_DB`,
    { cause },
  )
}

/** The error of a database that cannot be opened, for the operator: DATABASE_REFUSED if waiting does not help, else STORE_UNAVAILABLE. */
export function cannotOpen(options: MysqlOptions, error: unknown): MagasinError {
  const told = refusedOr(options, error)
  return isMagasinError(told) ? told : cannotConnect(options, told)
}

/** DATABASE_REFUSED, with the statements that help, if the server does not allow this user to do it; else the error itself. */
export function refusedOr(options: MysqlOptions, error: unknown): unknown {
  const cause = isMagasinError(error) ? error.cause : error
  const errno = errnoOf(cause)
  if (errno === undefined || !refusals.has(errno)) return error
  const { name, user } = options
  return new MagasinError(
    'DATABASE_REFUSED',
    `the database server at ${addressOf(options)} does not let ${user} use, make or change the database ${name} (${reasonOf(cause)}): correct MAGASIN_DB, or as its administrator: create database if not exists \`${name}\`; grant all on \`${name}\`.* to '${user}';`,
    { cause },
  )
}

/** The driver's own word for it: its messages can hold what was sent. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'no answer'
}
