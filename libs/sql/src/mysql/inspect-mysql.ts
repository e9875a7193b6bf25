import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { cannotOpen } from './cannot-connect.ts'
import { connectionOptions, type MysqlOptions } from './mysql-options.ts'

/** What a MySQL or MariaDB server says of itself and of one of its databases. */
export interface MysqlInspection {
  readonly version: string
  /** The server's settings, by name; those that it does not know are not there. */
  readonly variables: Readonly<Record<string, string>>
  /** The tables of the database, as far as this user may see them; none if there is no such database. */
  readonly tables: readonly string[]
  /** The default collation of the database; null if there is no such database. */
  readonly collation: string | null
}

/**
 * Looks at a server and a database without making or changing anything, as `doctor` does. Throws STORE_UNAVAILABLE,
 * DATABASE_REFUSED.
 */
export async function inspectMysql(options: MysqlOptions): Promise<MysqlInspection> {
  try {
    const connection = await createConnection(connectionOptions(options))
    try {
      const ask = async (sql: string) => (await connection.query<RowDataPacket[]>(sql, [options.name]))[0]
      const tables = await ask('select table_name as found from information_schema.tables where table_schema = ?')
      const schema = await ask(
        'select default_collation_name as found from information_schema.schemata where schema_name = ?',
      )
      // Of the server, not of this connection, which could have changed them.
      const variables = await ask('show global variables')
      const found = Object.fromEntries(variables.map((row) => [String(row['Variable_name']), String(row['Value'])]))
      return {
        version: found['version'] ?? 'unknown',
        variables: found,
        tables: tables.map((row) => String(row['found'])),
        collation: (schema[0]?.['found'] as string | undefined) ?? null,
      }
    } finally {
      connection.destroy()
    }
  } catch (error) {
    throw cannotOpen(options, error)
  }
}
