import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { sql } from 'kysely'
import { mysqlProxy } from '../testing/mysql-proxy.ts'
import { mysqlDatabase, skipWithoutMysql, statement } from '../testing/mysql-server.ts'
import { openMysql } from './open-mysql.ts'

interface Tables {
  notes: { id: number }
}

/** A database that is reached through a network of the test's own making. */
async function open(t: TestContext) {
  const direct = mysqlDatabase(t)
  const proxy = await mysqlProxy(t, direct)
  const database = await openMysql<Tables>(proxy.options)
  t.after(() => database.close())
  await database.changeSchema((db) => sql`create table notes (id int primary key)`.execute(db).then(() => undefined))
  const notes = async () =>
    (await statement(direct, `select id from ${direct.name}.notes order by id`)).map(({ id }) => id)
  return { direct, proxy, database, notes }
}

describe('a database on MySQL whose connection is lost', { skip: skipWithoutMysql }, () => {
  for (const [fate, left] of [
    ['unheard', [1]],
    ['lost', []],
  ] as const)
    test(`with a COMMIT ${fate} says that it does not know, and does not try again`, async (t) => {
      const { proxy, database, notes } = await open(t)
      const happened = proxy.nextCommit(fate)
      let tries = 0
      const writing = database.transaction((tx) => {
        tries++
        return tx.insertInto('notes').values({ id: 1 }).execute()
      })
      await assert.rejects(writing, (error: { code?: string }) => {
        assert.equal(database.faultOf(error), 'unanswered')
        return error.code === 'STORE_UNAVAILABLE'
      })
      await happened
      assert.equal(tries, 1)
      assert.deepEqual(await notes(), left)
    })

  test('before its COMMIT does the transaction again on another one', async (t) => {
    const { direct, database, notes } = await open(t)
    let tries = 0
    await database.transaction(async (tx) => {
      await tx.insertInto('notes').values({ id: ++tries }).execute()
      const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(tx)
      if (tries === 1) await statement(direct, `kill ${rows[0]!.id}`)
      await tx
        .insertInto('notes')
        .values({ id: 10 + tries })
        .execute()
    })
    assert.deepEqual(await notes(), [2, 12])
  })

  test('because the server is down says STORE_UNAVAILABLE at once, and works when it is back', async (t) => {
    const { proxy, database, notes } = await open(t)
    await proxy.goDown()
    const started = performance.now()
    const refused = { code: 'STORE_UNAVAILABLE', message: new RegExp(`127.0.0.1:${proxy.options.port}`) }
    await assert.rejects(
      database.transaction((tx) => tx.insertInto('notes').values({ id: 1 }).execute()),
      refused,
    )
    await assert.rejects(database.reader.selectFrom('notes').selectAll().execute(), refused)
    await assert.rejects(database.check(), refused)
    assert.ok(performance.now() - started < 2_000)
    await proxy.comeBack()
    await database.transaction((tx) => tx.insertInto('notes').values({ id: 1 }).execute())
    await database.check()
    assert.deepEqual(await notes(), [1])
  })

  test('without a word does not pass its health check, within its deadline', async (t) => {
    const { proxy, database } = await open(t)
    await database.check()
    proxy.fallSilent()
    const started = performance.now()
    await assert.rejects(database.check(), { code: 'STORE_UNAVAILABLE', message: /wait/ })
    assert.ok(performance.now() - started < 2_000)
    // What is silent would be waited for when the database closes.
    await proxy.goDown()
  })

  test('loses its locks to who waits for them, and says so', async (t) => {
    const { direct, proxy, database } = await open(t)
    const { signal } = new AbortController()
    const held = await database.lock('relay', signal)
    const other = await openMysql(direct)
    t.after(() => other.close())
    const waiting = other.lock('relay', signal)
    const lost = new Promise((resolve) => held.lost.addEventListener('abort', resolve))
    const [row] = await statement(direct, `select is_used_lock('${direct.name}.relay') as id`)
    await statement(direct, `kill ${String(row!['id'])}`)
    await lost
    await held.release()
    await waiting.then((next) => next.release())
    await proxy.goDown()
    await assert.rejects(database.lock('relay', signal), { code: 'STORE_UNAVAILABLE' })
  })
})
