import assert from 'node:assert/strict'
import { connectionOptions, type MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { until } from '../../../tools/testing/until.ts'

/** A connection to a store's database, beside the store. */
export function connectTo(options: MysqlOptions): Promise<Connection> {
  return createConnection({ ...connectionOptions(options), database: options.name })
}

/** Takes the row that each group of commands takes last: they stop there, in the middle of their transactions. */
export async function takeCommitCounter(connection: Connection): Promise<void> {
  await connection.query('select * from command_counter for update')
}

/** Waits until so many transactions wait for rows that others have. */
export async function untilWaiting(connection: Connection, transactions: number): Promise<void> {
  const areWaiting = async () => (await readStatus(connection, 'Innodb_row_lock_current_waits')) >= transactions
  await until(`${transactions} transactions wait`, areWaiting, { everyMs: 5 })
}

/** Of the whole server: it belongs to the test. */
export async function readStatus(
  connection: Connection,
  name: 'Innodb_deadlocks' | 'Innodb_row_lock_current_waits',
): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>('show global status like ?', [name])
  assert.equal(rows.length, 1, `the server has no ${name}`)
  return Number(rows[0]!['Value'])
}
