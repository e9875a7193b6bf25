import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import { range } from '../conformance/read.ts'
import { TopicWriter } from '../kafka/writing/topic-writer.ts'
import { openTableLog } from '../table/table-log.ts'
import { sampleRecord } from '../testing/event-tables.ts'
import { noKafka, type KafkaTopic } from '../testing/kafka-topic.ts'
import { republish } from './republish.ts'
import { relayedStore } from './testing/relayed-store.ts'

const topics = ['member-events', 'visit-events']

/** A store with two topics, of which one event each is relayed; visits are in partition 2, members in partition 1. */
async function storeOfTwo(t: TestContext) {
  const store = await relayedStore(t)
  const visit = (count: number) => store.record(2, count, { topic: 'visit-events' })
  await store.record(1, 1)
  await visit(1)
  const relaying = await store.relay({ topics })
  await store.until(() => store.told.sent === 2)
  return { ...store, relaying, visit }
}

/** Makes the topic of the visits anew, with another number of partitions. */
async function makeVisitsAnew({ cluster }: Pick<KafkaTopic, 'cluster'>, partitions: number): Promise<void> {
  const names = [cluster.nameOf('visit-events')]
  await cluster.ask('a topic', (admin) => admin.deleteTopics({ topics: names }))
  for (;;)
    try {
      return void (await cluster.ask('a topic', (admin) =>
        admin.createTopics({ topics: names, partitions, replicas: -1 }),
      ))
    } catch {
      // The broker may not be done with the old one.
      await new Promise(setImmediate)
    }
}

describe('the relay of a store with several topics', { skip: noKafka }, () => {
  test('copies all of them, and goes on where each was when it starts again', async (t) => {
    const { record, visit, relay, relaying, until, told, lying } = await storeOfTwo(t)
    await relaying.stop()
    await record(1, 1_500)
    await visit(700)
    await relay({ topics })
    await until(() => told.sent === 2_202)
    assert.deepEqual(
      [...told.sentTo],
      [
        ['member-events', 1_501],
        ['visit-events', 701],
      ],
    )
    assert.deepEqual(await lying(1), range(1, 1_501))
    assert.deepEqual(await lying(2, 'visit-events'), range(1, 701))
    // Each start after the first reads the marked record, and no other.
    assert.equal(told.looked, 2)
  })

  test('refuses to start if one of them is known to be wrong at once', async (t) => {
    const { relay, relaying, ...store } = await storeOfTwo(t)
    await relaying.stop()
    await makeVisitsAnew(store, 3)
    await assert.rejects(relay({ topics }), { code: 'TOPIC_PARTITIONS_CHANGED' })
  })

  const troubles = [
    [
      'is made anew with other partitions',
      'TOPIC_PARTITIONS_CHANGED',
      (store: Awaited<ReturnType<typeof storeOfTwo>>) => makeVisitsAnew(store, 3),
    ],
    [
      'gets the events of another store',
      'LOG_FOREIGN',
      async ({ cluster }: Awaited<ReturnType<typeof storeOfTwo>>) => {
        const topic = 'visit-events'
        const theirs = new TopicWriter(cluster, { topic, logId: randomUUID() })
        const record = {
          ...sampleRecord,
          topic,
          partition: 2,
          seq: 2,
          commandNo: 2,
          eventId: randomUUID(),
          stream: 'visits-1',
        }
        await theirs.append([record]).finally(() => theirs.close())
      },
    ],
  ] as const
  for (const [what, code, happen] of troubles)
    test(`says so if one of them ${what}, and goes on with the others`, async (t) => {
      const store = await storeOfTwo(t)
      const { record, relaying, until, told, lying } = store
      await happen(store)
      await until(() => told.failures.some((error) => (error as { code?: string }).code === code))
      assert.ok(told.failed.every((topic) => topic === 'visit-events'))
      await record(1, 3)
      await until(() => told.sentTo.get('member-events') === 4)
      assert.deepEqual(await lying(1), range(1, 4))
      await assert.rejects(relaying.check(), { code })
    })

  test('republishes none that it does not own, and names the store that does', async (t) => {
    const { database, kafka, cluster } = await relayedStore(t)
    await database.transaction((tx) =>
      tx.deleteFrom('partition_counters').where('topic', '=', 'visit-events').execute(),
    )
    const table = await openTableLog({ database })
    await assert.rejects(republish({ table, kafka, topic: 'visit-events', from: 1 }), {
      code: 'NOT_FOUND',
      message: /republish them from the store of club/,
    })
    assert.equal(await cluster.partitionsOf('visit-events'), 0)
  })
})
