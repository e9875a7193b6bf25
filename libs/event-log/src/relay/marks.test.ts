import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { migrate } from '@magasin/sql/migrate'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { range } from '../conformance/read.ts'
import { kafkaTopic, noKafka } from '../testing/kafka-topic.ts'
import { readMarks, relayMigrations, writeMarks, type Mark, type RelayTables } from './marks.ts'
import { relayedStore } from './testing/relayed-store.ts'

/** A store of which ten events of partition 1 were relayed, and whose relay is stopped. */
async function relayedBefore(t: TestContext) {
  const store = await relayedStore(t)
  await store.record(1, 10)
  const first = await store.relay()
  await store.until(() => store.told.sent === 10)
  await first.stop()
  const marksIn = narrowDatabase<RelayTables, RelayTables>(store.database as unknown as SqlDatabase<RelayTables>)
  return { ...store, marksIn }
}

describe('the relay’s marks', { skip: noKafka }, () => {
  test('tell where the last record of each partition lies', async (t) => {
    const { marksIn } = await relayedBefore(t)
    assert.deepEqual((await readMarks(marksIn)).get('member-events')?.get(1), { seq: 10, offset: 9 })
  })

  test('written again as they are change their row all the same: else there would be nothing to flush', async (t) => {
    const { marksIn } = await relayedBefore(t)
    const stamp = async () => {
      const row = await marksIn.reader.selectFrom('relay_marks').select('stamp').executeTakeFirstOrThrow()
      return row.stamp
    }
    const marks = await readMarks(marksIn)
    const stamps = [await stamp()]
    for (let i = 0; i < 2; i++) {
      await writeMarks(marksIn, marks)
      stamps.push(await stamp())
    }
    assert.equal(new Set(stamps).size, 3)
    assert.deepEqual(await readMarks(marksIn), marks)
  })

  test('stay as they are while nothing is sent', async (t) => {
    const { marksIn, relay } = await relayedBefore(t)
    const query = marksIn.reader.selectFrom('relay_marks').select('stamp')
    const before = await query.executeTakeFirstOrThrow()
    const idle = await relay()
    while (!idle.isActive) await new Promise(setImmediate)
    await idle.stop()
    assert.deepEqual(await query.executeTakeFirstOrThrow(), before)
  })

  test('that are older than what was sent, as after a kill, cost a walk from there', async (t) => {
    const { marksIn, relay, record, until, told, lying } = await relayedBefore(t)
    await writeMarks(marksIn, new Map([['member-events', new Map([[1, { seq: 8, offset: 7 }]])]]))
    await record(1, 1)
    await relay()
    await until(() => told.sent === 11)
    assert.deepEqual(await lying(1), range(1, 11))
    assert.equal(told.looked, 3)
  })

  const wrong: readonly (readonly [string, Mark | undefined])[] = [
    ['that are lost', undefined],
    ['with too low an offset', { seq: 10, offset: 4 }],
    ['with too high an offset', { seq: 4, offset: 9 }],
    ['beyond the end', { seq: 12, offset: 11 }],
  ]
  for (const [how, mark] of wrong)
    test(`${how} cost a walk from the beginning, and nothing is sent twice`, async (t) => {
      const { marksIn, relay, record, until, told, lying } = await relayedBefore(t)
      if (mark === undefined) await marksIn.transaction((tx) => tx.deleteFrom('relay_marks').execute())
      else await writeMarks(marksIn, new Map([['member-events', new Map([[1, mark]])]]))
      await record(1, 2)
      await relay()
      await until(() => told.sent === 12)
      assert.deepEqual(await lying(1), range(1, 12))
    })

  test('of another topic prove nothing in this one: it is given everything', async (t) => {
    const { relay, until, told, lying } = await relayedBefore(t)
    const another = kafkaTopic(t)
    const second = await relay({ kafka: another.kafka })
    await until(() => told.sent === 20)
    await second.stop()
    assert.equal((await another.cluster.offsetsOf('member-events'))[1]!.end, 10)
    assert.deepEqual(await lying(1), range(1, 10))
  })

  test('of a partition that was emptied hold: only what is new is sent', async (t) => {
    const { removeBefore, relay, record, until, told, lying } = await relayedBefore(t)
    await removeBefore(1)
    await record(1, 1)
    await relay()
    await until(() => told.sent === 11)
    assert.deepEqual(await lying(1), [11])
    assert.equal(told.looked, 0)
  })
})

describe('the relay’s marks on MySQL', { skip: skipWithoutMysql }, () => {
  test('have room for a store with thousands of partitions', async (t) => {
    const database = await openMysql<RelayTables>(mysqlDatabase(t))
    t.after(() => database.close())
    await migrate(database, relayMigrations)
    const ofTopic = new Map(range(1, 100).map((partition) => [partition, { seq: 1e9, offset: 2e9 }]))
    const marks = new Map(range(1, 100).map((topic) => [`topic-${topic}`, ofTopic]))
    await writeMarks(database, marks)
    assert.deepEqual(await readMarks(database), marks)
  })
})
