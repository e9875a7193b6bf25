import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { range } from '../conformance/read.ts'
import { noKafka } from '../testing/kafka-topic.ts'
import { writeMarks, type Mark, type RelayTables } from './marks.ts'
import { relayedStore } from './testing/relayed-store.ts'

/** A store of which so many events of partition 1 were relayed and marked, and whose relay is stopped. */
async function relayedBefore(t: TestContext, count: number) {
  const store = await relayedStore(t)
  await store.record(1, count)
  const first = await store.relay()
  await store.until(() => store.told.sent === count)
  await first.stop()
  store.told.sent = 0
  const database = narrowDatabase<RelayTables, RelayTables>(store.database as unknown as SqlDatabase<RelayTables>)
  const mark = (at: Mark | undefined) =>
    writeMarks(database, new Map([['member-events', new Map(at === undefined ? [] : [[1, at]])]]))
  return { ...store, mark }
}

describe('when retention removed events, a relay that starts', { skip: noKafka }, () => {
  test('after an idle week sends what is new, and nothing of what expired', async (t) => {
    const { record, relay, removeBefore, until, told, lying } = await relayedBefore(t, 20_000)
    await removeBefore(1)
    await record(1, 1)
    await relay()
    await until(() => told.sent >= 1)
    assert.deepEqual(await lying(1), [20_001])
    assert.deepEqual([told.sent, told.looked], [1, 0])
  })

  test('reads the marked record if only older ones expired', async (t) => {
    const { record, relay, removeBefore, until, told, lying } = await relayedBefore(t, 100)
    await removeBefore(1, 60)
    await record(1, 2)
    await relay()
    await until(() => told.sent >= 2)
    assert.deepEqual(await lying(1), range(61, 102))
    assert.deepEqual([told.sent, told.looked], [2, 1])
  })

  const unmarked: readonly (readonly [string, Mark | undefined])[] = [
    ['is older than what is left, as after a kill', { seq: 50, offset: 49 }],
    ['is lost', undefined],
    ['is wrong', { seq: 70, offset: 71 }],
  ]
  for (const [what, at] of unmarked)
    test(`begins with the first event that is left, if its mark ${what}`, async (t) => {
      const { mark, record, relay, removeBefore, until, told, lying } = await relayedBefore(t, 100)
      await mark(at)
      await removeBefore(1, 60)
      await record(1, 2)
      await relay()
      await until(() => told.sent >= 2)
      assert.deepEqual(await lying(1), range(61, 102))
      assert.deepEqual([told.sent, told.looked], [2, 40])
    })

  test('sends what follows its mark again, if all that it sent after the mark expired, too', async (t) => {
    const { mark, record, relay, removeBefore, until, told, lying } = await relayedBefore(t, 100)
    await mark({ seq: 95, offset: 94 })
    await removeBefore(1)
    await record(1, 1)
    await relay()
    await until(() => told.sent >= 6)
    assert.deepEqual(await lying(1), range(96, 101))
  })

  test('sends everything again, if the mark is lost and nothing is left to go by', async (t) => {
    const { mark, relay, removeBefore, until, told, lying } = await relayedBefore(t, 100)
    await mark(undefined)
    await removeBefore(1)
    await relay()
    await until(() => told.sent >= 100)
    assert.deepEqual(await lying(1), range(1, 100))
  })

  test('notices that the store was put back, also if the marked event expired', async (t) => {
    const { database, relay, removeBefore } = await relayedBefore(t, 10)
    await removeBefore(1)
    await database.transaction(async (tx) => {
      await tx.deleteFrom('events').where('seq', '=', 10).execute()
      await tx.updateTable('partition_counters').set({ last_seq: 9 }).where('partition', '=', 1).execute()
    })
    await assert.rejects(relay(), {
      code: 'LOG_DIVERGED',
      message: /another name on the broker \(MAGASIN_TOPIC_PREFIX\)/,
    })
  })
})
