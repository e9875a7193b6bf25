import assert from 'node:assert/strict'
import { connectionOptions, type MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { until } from '../until.ts'

export interface Provocation {
  /** How many deadlocks. */
  readonly times: number
  /** Has some commands sent, the first time with 1, then 2, 3 … */
  readonly sendCommands: (time: number) => void
}

/**
 * Meets commands in deadlocks: takes the commit counter, has commands sent, waits until one that has counters of partitions waits for
 * it, then asks for those. The database ends the transaction that has written less; this one writes much, so that it is the command's.
 * Resolves with how many deadlocks the server counted.
 */
export async function provokeDeadlocks(options: MysqlOptions, { times, sendCommands }: Provocation): Promise<number> {
  const connection = await createConnection({ ...connectionOptions(options), database: options.name })
  try {
    await connection.query('create table if not exists ballast (n int primary key)')
    const before = await read(connection, 'Innodb_deadlocks')
    for (let time = 1; time <= times; time++) await provokeDeadlock(connection, () => sendCommands(time))
    await connection.query('drop table ballast')
    return (await read(connection, 'Innodb_deadlocks')) - before
  } finally {
    connection.destroy()
  }
}

async function provokeDeadlock(connection: Connection, sendCommands: () => void): Promise<void> {
  await connection.query('begin')
  await connection.query('insert into ballast select seq from seq_1_to_1000')
  await connection.query('select * from commit_counter for update')
  sendCommands()
  const isWaiting = async () => (await read(connection, 'Innodb_row_lock_current_waits')) > 0
  await until('a command waits for the commit counter', isWaiting, { everyMs: 5 })
  // Throws if it is this transaction that is ended.
  await connection.query('select * from partition_counters for update')
  await connection.query('rollback')
}

/** Of the whole server: it belongs to the test. */
async function read(connection: Connection, counter: 'Innodb_deadlocks' | 'Innodb_row_lock_current_waits') {
  const [rows] = await connection.query<RowDataPacket[]>('show global status like ?', [counter])
  assert.equal(rows.length, 1, `the server has no ${counter}`)
  return Number(rows[0]!['Value'])
}
