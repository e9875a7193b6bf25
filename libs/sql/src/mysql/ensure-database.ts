import type { Connection } from 'mysql2/promise'
import { createConnection } from 'mysql2/promise'
import { cannotOpen } from './cannot-connect.ts'
import { errnoOf } from './faults.ts'
import { collationOf, connectionOptions, type MysqlOptions } from './mysql-options.ts'

const unknownDatabase = 1049 // ER_BAD_DB_ERROR

/**
 * Makes the database when it is missing, and lets its new tables compare texts as `collationOf` says. Tables that are there stay as
 * they are. Safe to run by several processes at once. Throws STORE_UNAVAILABLE, DATABASE_REFUSED.
 */
export async function ensureDatabase(options: MysqlOptions): Promise<void> {
  try {
    const connection = await createConnection(connectionOptions(options))
    connection.on('error', () => undefined)
    try {
      await useOrMake(connection, options.name)
    } finally {
      connection.destroy()
    }
  } catch (error) {
    throw cannotOpen(options, error)
  }
}

async function useOrMake(connection: Connection, name: string): Promise<void> {
  const [server] = await connection.query('select version() as version')
  const collation = collationOf((server as { version: string }[])[0]!.version)
  try {
    await connection.query('use ??', [name])
  } catch (error) {
    if (errnoOf(error) !== unknownDatabase) throw error
    await connection.query(`create database if not exists ?? character set utf8mb4 collate ${collation}`, [name])
  }
  const [rows] = await connection.query(
    'select default_collation_name as present from information_schema.schemata where schema_name = ?',
    [name],
  )
  const [found] = rows as { present: string }[]
  if (found?.present !== collation)
    await connection.query(`alter database ?? character set utf8mb4 collate ${collation}`, [name])
}
