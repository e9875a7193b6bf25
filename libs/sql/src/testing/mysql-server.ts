import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { connectionOptions, type MysqlOptions } from '../mysql/mysql-options.ts'

const address = process.env['MAGASIN_TEST_MYSQL']

/** Why tests that need MySQL or MariaDB are skipped, for `{ skip }`; false if there is a server. */
export const skipWithoutMysql =
  address === undefined && 'no MySQL or MariaDB: set MAGASIN_TEST_MYSQL to mysql://root@127.0.0.1:PORT'

/** A database of the test's own on the test server, not made yet, and dropped when the test ends. */
export function mysqlDatabase(t: Pick<TestContext, 'after'>): MysqlOptions {
  const options = { ...serverOf(address ?? ''), name: `magasin_test_${randomUUID().replaceAll('-', '')}` }
  t.after(() => statement(options, `drop database if exists ${options.name}`))
  return options
}

/** Runs one statement on a connection of its own, which belongs to no database; resolves with its rows. */
export async function statement(options: MysqlOptions, sql: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await createConnection(connectionOptions(options))
  try {
    const [rows] = await connection.query(sql)
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
  } finally {
    await connection.end()
  }
}

function serverOf(url: string): Omit<MysqlOptions, 'name'> {
  const { hostname, port, username, password } = new URL(url)
  return {
    host: hostname,
    port: Number(port === '' ? 3306 : port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  }
}
