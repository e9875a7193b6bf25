import type { Transaction } from 'kysely'
import type { SqlDatabase } from './sql-database.ts'

/*
 * A part of the program that owns some tables of a service's database sees those and no others. Kysely's types are invariant in
 * their tables, so this takes a cast: once, here, and the compiler still checks that the tables are there.
 */

/** The database, as the owner of some of its tables sees it. */
export function narrowDatabase<Some, All extends Some>(database: SqlDatabase<All>): SqlDatabase<Some> {
  return database as unknown as SqlDatabase<Some>
}

/** The transaction, as the owner of some of its tables sees it. */
export function narrowTransaction<Some, All extends Some>(tx: Transaction<All>): Transaction<Some> {
  return tx as unknown as Transaction<Some>
}
