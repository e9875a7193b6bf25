import { MagasinError } from '@magasin/contracts/magasin-error'
import type { SqlFault } from './sql-database.ts'

/**
 * The error of a fault that is the database's own and not the query's: STORE_UNAVAILABLE, DATABASE_DAMAGED, DATA_MISSING.
 * Undefined for a fault that the caller handles: a duplicate, contention, a wrong query.
 */
export function faultError(fault: SqlFault, cause: unknown): MagasinError | undefined {
  switch (fault) {
    case 'unavailable':
      return new MagasinError(
        'STORE_UNAVAILABLE',
        'the database cannot be used now: look at whether it runs, at its disk and its log',
        {
          cause,
        },
      )
    case 'unanswered':
      return new MagasinError(
        'STORE_UNAVAILABLE',
        'the database did not say whether it kept what was written: look before it is written again',
        { cause },
      )
    case 'damaged':
      return new MagasinError(
        'DATABASE_DAMAGED',
        'the database is damaged: stop the shop, run `magasin doctor`, put a backup back',
        { cause },
      )
    case 'unfinished':
      return new MagasinError(
        'DATA_MISSING',
        `the database has no table${named(cause)}: its first start was cut short, start the shop again; or no migration makes it`,
        {
          cause,
        },
      )
    default:
      return undefined
  }
}

/** As SQLite and MySQL tell it: a name, or a name with that of its database. */
function named(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : ''
  const name = /^no such table: (?<name>.+)$/.exec(message) ?? /^Table '(?<name>.+)' doesn't exist/.exec(message)
  return name === null ? '' : ` called ${name.groups!['name']!.replace(/^.*\./, '')}`
}
