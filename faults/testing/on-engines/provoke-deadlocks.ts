import type { MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import type { Connection } from 'mysql2/promise'
import { connectTo, readStatus, takeCommitCounter, untilWaiting } from './commit-counter.ts'

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
  const connection = await connectTo(options)
  try {
    await connection.query('create table if not exists ballast (n int primary key)')
    const before = await readStatus(connection, 'Innodb_deadlocks')
    for (let time = 1; time <= times; time++) await provokeDeadlock(connection, () => sendCommands(time))
    await connection.query('drop table ballast')
    return (await readStatus(connection, 'Innodb_deadlocks')) - before
  } finally {
    connection.destroy()
  }
}

async function provokeDeadlock(connection: Connection, sendCommands: () => void): Promise<void> {
  await connection.query('begin')
  await connection.query('insert into ballast select seq from seq_1_to_1000')
  await takeCommitCounter(connection)
  sendCommands()
  await untilWaiting(connection, 1)
  // Throws if it is this transaction that is ended.
  await connection.query('select * from partition_counters for update')
  await connection.query('rollback')
}
