import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Engine } from './engine.ts'
import { startMariadb } from './mariadb.ts'

describe('a MariaDB of our own', () => {
  let mariadb: Engine

  before(async () => {
    mariadb = await startMariadb({ settings: { max_connections: 17 } })
  })
  after(() => mariadb?.kill())

  test('holds after a kill and after a stop what was committed', async () => {
    await query(mariadb, 'CREATE DATABASE shop')
    await query(mariadb, 'CREATE TABLE shop.users (id INT PRIMARY KEY)')
    await query(mariadb, 'INSERT INTO shop.users VALUES (1)')
    await mariadb.kill()
    await assert.rejects(query(mariadb, 'SELECT 1'), { code: 'ECONNREFUSED' })
    await mariadb.start()
    await query(mariadb, 'INSERT INTO shop.users VALUES (2)')
    await mariadb.stop()
    assert.equal(mariadb.pid, undefined)
    await mariadb.start()
    assert.deepEqual(await query(mariadb, 'SELECT id FROM shop.users'), [{ id: 1 }, { id: 2 }])
  })

  test('keeps its promises: a commit is on disk before it is answered', async () => {
    assert.deepEqual(await query(mariadb, 'SELECT @@innodb_flush_log_at_trx_commit AS atCommit'), [{ atCommit: 1 }])
  })

  test('takes settings over ours', async () => {
    assert.deepEqual(await query(mariadb, 'SELECT @@max_connections AS most'), [{ most: 17 }])
  })
})

test('a setting that MariaDB does not know is an error with the end of its log', async () => {
  await assert.rejects(
    startMariadb({ settings: { no_such_setting: 1 } }),
    /MariaDB did not come up.+no_such_setting=1/s,
  )
})

async function query({ url }: Engine, sql: string): Promise<unknown> {
  const connection = await createConnection(url)
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql)
    return rows
  } finally {
    await connection.end()
  }
}
