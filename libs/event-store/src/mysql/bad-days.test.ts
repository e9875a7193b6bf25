import assert from 'node:assert/strict'
import { club } from '@magasin/contracts/testing/members'
import { describe, test, type TestContext } from 'node:test'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { sql } from 'kysely'
import { findFlaw } from '../testing/find-flaw.ts'
import { create, createPeopleTable, people, remove, type PeopleTables } from '../testing/people.ts'
import { openBehindProxy as open, untilWaiting } from '../testing/store-behind-proxy.ts'
import { openMysqlEventStore } from './mysql-event-store.ts'
import { eventStoreMigrations } from './migrations.ts'

describe('the event store on MySQL', { skip: skipWithoutMysql }, () => {
  test('lets nobody notice a deadlock that it lost', async (t) => {
    let tries = 0
    const { direct, store, events } = await open(t, (database) => ({
      ...database,
      transaction: (body, options) => database.transaction((tx) => (tries++, body(tx)), options),
    }))
    await store.execute(create(1))
    const before = tries
    let removing: Promise<unknown> | undefined
    await direct.transaction(async (tx) => {
      // Many changes: InnoDB makes the transaction with the fewest the victim.
      const rows = Array.from({ length: 200 }, (_, i) => ({ entity: `rival-${i}`, next_id: 1 }))
      await tx.insertInto('id_blocks').values(rows).execute()
      await tx.selectFrom('command_counter').selectAll().forUpdate().execute()
      removing ??= store.execute(remove(1))
      await untilWaiting(direct)
      await tx.selectFrom('people').selectAll().where('id', '=', 1).forUpdate().execute()
    })
    await removing
    assert.ok(tries - before >= 2, 'the store lost no deadlock')
    assert.deepEqual(await events(), ['member-1', 'member-1'])
    assert.equal(await findFlaw(direct), undefined)
  })

  test('answers STORE_UNAVAILABLE while its server is down, does nothing by halves, and recovers by itself', async (t) => {
    const { proxy, direct, store, events } = await open(t)
    await store.execute(create(1))
    await proxy.goDown()
    const results = await Promise.allSettled([2, 3, 4].map((id) => store.execute(create(id))))
    for (const result of results) assert.equal(result.status === 'rejected' && result.reason.code, 'STORE_UNAVAILABLE')
    assert.deepEqual(await events(), ['member-1'])
    await proxy.comeBack()
    await store.execute(create(2))
    assert.deepEqual((await events()).toSorted(), ['member-1', 'member-2'])
    assert.equal(await findFlaw(direct), undefined)
  })

  test('is made once by two processes that open it at the same moment', async (t) => {
    const { connect } = await emptyDatabase(t)
    const databases = [await connect(), await connect()]
    const stores = await Promise.all(
      databases.map((database) =>
        openMysqlEventStore({ catalogue: club, owner: 'club', database, stateTables: [people] }),
      ),
    )
    assert.equal(stores[0]!.logId, stores[1]!.logId)
    await Promise.all(stores.map((store, i) => store.execute(create(i + 1))))
    assert.equal(await findFlaw(databases[0]!), undefined)
  })

  test('is finished by the next start, with the same identity, when the first was killed in the middle', async (t) => {
    const { connect } = await emptyDatabase(t)
    const database = await connect()
    // All was made but not recorded as made; then something is taken away: each statement before it is met again.
    await eventStoreMigrations.migrations['0001-event-store']!.up(database.reader)
    await sql`drop table remembered_answers`.execute(database.reader)
    await sql`delete from store_secret`.execute(database.reader)
    const { log_id } = await database.reader.selectFrom('log_identity').select('log_id').executeTakeFirstOrThrow()
    const store = await openMysqlEventStore({ catalogue: club, owner: 'club', database, stateTables: [people] })
    assert.equal(store.logId, log_id)
    await store.execute(create(1))
    assert.equal(await findFlaw(database), undefined)
  })
})

async function emptyDatabase(t: TestContext) {
  const options = mysqlDatabase(t)
  const connect = async () => {
    const database = await openMysql<PeopleTables>(options)
    t.after(() => database.close())
    return database
  }
  await (await connect()).changeSchema(createPeopleTable)
  return { connect }
}
