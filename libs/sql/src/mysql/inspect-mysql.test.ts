import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mysqlDatabase, skipWithoutMysql, statement } from '../testing/mysql-server.ts'
import { inspectMysql } from './inspect-mysql.ts'
import { collationOf } from './mysql-options.ts'
import { openMysql } from './open-mysql.ts'

describe('a look at a server of MySQL or MariaDB', { skip: skipWithoutMysql }, () => {
  test('finds its settings, and what is in a database', async (t) => {
    const options = mysqlDatabase(t)
    await (await openMysql(options)).close()
    const { version, variables, tables, collation } = await inspectMysql(options)
    assert.match(version, /^\d+\./)
    assert.match(variables['max_allowed_packet'] ?? '', /^\d+$/)
    assert.deepEqual([tables, collation], [['flush_mark'], collationOf(version)])
  })

  test('makes no database', async (t) => {
    const options = mysqlDatabase(t)
    const { tables, collation } = await inspectMysql(options)
    assert.deepEqual([tables, collation], [[], null])
    assert.deepEqual(await statement(options, `show databases like '${options.name}'`), [])
  })

  test('says that there is no server, and at which address', async (t) => {
    await assert.rejects(inspectMysql({ ...mysqlDatabase(t), port: 9 }), { code: 'STORE_UNAVAILABLE', message: /:9 / })
  })
})
