import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'kysely'
import { runTogether } from '../batch.ts'
import { sqlDatabaseSuite, type AccountTables } from '../conformance/sql-database.suite.ts'
import { migrate } from '../migrate.ts'
import { mysqlGuest } from '../testing/mysql-guest.ts'
import { mysqlProxy } from '../testing/mysql-proxy.ts'
import { mysqlDatabase, skipWithoutMysql, statement } from '../testing/mysql-server.ts'
import { inspectMysql } from './inspect-mysql.ts'
import { lockNameOf } from './lock.ts'
import { openMysql } from './open-mysql.ts'

describe('MySQL', { skip: skipWithoutMysql }, () => {
  sqlDatabaseSuite({
    name: 'MySQL',
    async open(t) {
      const options = mysqlDatabase(t)
      const open = async () => {
        const database = await openMysql<AccountTables>(options)
        t.after(() => database.close())
        return database
      }
      return { database: await open(), again: open }
    },
  })
})

const refused = { code: 'DATABASE_REFUSED', message: /^(?!.*horse).*grant all on `magasin_test_\w+`\.\* to 'guest_/ }

describe('a MySQL database', { skip: skipWithoutMysql }, () => {
  test('is used in the same way however its server is set up', async (t) => {
    const database = await openMysql(mysqlDatabase(t))
    t.after(() => database.close())
    const session = sql<Record<string, unknown>>`select @@session.innodb_lock_wait_timeout as lock_wait,
      @@session.wait_timeout as idle, @@session.sql_mode as mode, @@session.autocommit as autocommit,
      @@session.collation_connection as compares`
    const expected = { lock_wait: 1, idle: 10, compares: 'utf8mb4_bin' }
    const read = async (db: typeof database.reader) => {
      const { mode, ...rest } = (await session.execute(db)).rows[0]!
      assert.match(String(mode), /STRICT_ALL_TABLES/)
      return rest
    }
    assert.deepEqual(await read(database.reader), { ...expected, autocommit: 1 })
    assert.deepEqual(await database.transaction(read), { ...expected, autocommit: 0 })
    const isolation = sql<{
      Value: string
    }>`show variables where variable_name in ('tx_isolation', 'transaction_isolation')`
    assert.equal((await isolation.execute(database.reader)).rows[0]!.Value, 'READ-COMMITTED')
  })

  test('that was made with another collation tells texts apart by their bytes from now on', async (t) => {
    const options = mysqlDatabase(t)
    await statement(options, `create database ${options.name} character set utf8mb4 collate utf8mb4_general_ci`)
    const database = await openMysql<{ names: { name: string } }>(options)
    t.after(() => database.close())
    await sql`create table names (name varchar(20) primary key)`.execute(database.reader)
    await database.transaction((tx) =>
      tx
        .insertInto('names')
        .values([{ name: 'ada' }, { name: 'Ada' }, { name: 'Àda' }, { name: 'ada ' }])
        .execute(),
    )
    assert.equal((await database.reader.selectFrom('names').selectAll().where('name', '=', 'ada').execute()).length, 1)
  })

  test('gives whole numbers and sums as numbers, and texts as they were', async (t) => {
    const database = await openMysql<{ facts: { n: number; text: string } }>(mysqlDatabase(t))
    t.after(() => database.close())
    await sql`create table facts (n bigint, text text)`.execute(database.reader)
    const fact = { n: Number.MAX_SAFE_INTEGER, text: `it's "Zoë" \\ ? 🛒 {"a":1}` }
    await database.transaction((tx) => tx.insertInto('facts').values(fact).execute())
    assert.deepEqual(await database.reader.selectFrom('facts').selectAll().execute(), [fact])
    const sums = sql<object>`select count(*) as rows_, sum(1) as total from facts`
    assert.deepEqual((await sums.execute(database.reader)).rows, [{ rows_: 1, total: 1 }])
  })

  test('on a server that does not answer is STORE_UNAVAILABLE, naming the address and not the password', async (t) => {
    const options = { ...mysqlDatabase(t), host: '127.0.0.1', port: 1, password: 'correct horse' }
    await assert.rejects(openMysql(options), (error: { code?: string; message: string }) => {
      assert.match(error.message, /127\.0\.0\.1:1 .*MAGASIN_DB/)
      assert.doesNotMatch(error.message, /horse/)
      return error.code === 'STORE_UNAVAILABLE'
    })
  })

  test('that this user may not use or make is DATABASE_REFUSED, with what to do', async (t) => {
    const options = mysqlDatabase(t)
    const guest = await mysqlGuest(t, options)
    await assert.rejects(openMysql({ ...guest, password: 'wrong horse' }), refused)
    await assert.rejects(openMysql(guest), refused)
    await guest.grant('all')
    await openMysql(guest).then((database) => database.close())
  })

  test('that this user may not change is DATABASE_REFUSED, with what to do, also when it is migrated', async (t) => {
    const options = mysqlDatabase(t)
    const guest = await mysqlGuest(t, options)
    await openMysql(options).then((database) => database.close())
    await guest.grant('select')
    await assert.rejects(openMysql(guest), refused)
    await guest.grant('create')
    const database = await openMysql<object>(guest)
    t.after(() => database.close())
    const up = async (db: typeof database.reader) => void (await sql`drop table flush_mark`.execute(db))
    await assert.rejects(migrate(database, { name: 'guest', migrations: { '0001-drop': { up } } }), refused)
  })

  test('that is opened for reading is read by whoever may do that much, and is not changed', async (t) => {
    const options = mysqlDatabase(t)
    await statement(options, `create database ${options.name} character set latin1`)
    await statement(options, `create table ${options.name}.names (name varchar(20))`)
    const guest = await mysqlGuest(t, options)
    await assert.rejects(openMysql({ ...guest, readOnly: true }), refused)
    await guest.grant('select')
    for (const user of [guest, options]) {
      const database = await openMysql<{ names: { name: string } }>({ ...user, readOnly: true })
      t.after(() => database.close())
      await database.check()
      assert.deepEqual(await database.reader.selectFrom('names').selectAll().execute(), [])
      for (const change of [() => database.transaction(() => Promise.resolve()), () => database.settle()])
        assert.throws(change, /open for reading only/)
      await assert.rejects(database.reader.insertInto('names').values({ name: 'Ada' }).execute())
    }
    const { tables, collation } = await inspectMysql(options)
    assert.deepEqual([tables, collation], [['names'], 'latin1_swedish_ci'])
  })

  test('is asked several things in one round trip, and nothing for nothing', async (t) => {
    const proxy = await mysqlProxy(t, mysqlDatabase(t))
    const database = await openMysql(proxy.options)
    t.after(() => database.close())
    const ask = { sql: 'select ? as n', parameters: [1] }
    const roundTrips = (count: number) =>
      database.transaction(async (tx) => {
        const before = proxy.sent()
        await runTogether(
          tx,
          Array.from({ length: count }, () => ask),
        )
        return proxy.sent() - before
      })
    assert.deepEqual([await roundTrips(20), await roundTrips(1), await roundTrips(0)], [1, 1, 0])
  })

  test('settles by a commit that really writes, and which all who ask at once share', async (t) => {
    const database = await openMysql<{ flush_mark: { mark: number } }>(mysqlDatabase(t))
    t.after(() => database.close())
    const mark = async () => (await database.reader.selectFrom('flush_mark').select('mark').executeTakeFirst())?.mark
    await Promise.all(Array.from({ length: 50 }, () => database.settle()))
    assert.equal(await mark(), 1)
    await database.settle()
    assert.equal(await mark(), 2)
  })
})

test('the name of a lock holds that of its database, within what MySQL allows', () => {
  assert.equal(lockNameOf('shop', 'relay'), 'shop.relay')
  const [first, second] = ['a', 'b'].map((end) => lockNameOf('shop'.repeat(15) + end, 'relay'))
  assert.equal(first!.length, 64)
  assert.notEqual(first, second)
})
