import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { openTableLog } from '../table/table-log.ts'
import { noKafka } from '../testing/kafka-topic.ts'
import { republish } from './republish.ts'
import { relayedStore } from './testing/relayed-store.ts'

describe('the relay refuses', { skip: noKafka }, () => {
  test('a topic that holds the events of another store, and so does a republication', async (t) => {
    const { database, kafka, record, relay, until, told, lying } = await relayedStore(t)
    await record(6, 2)
    const theirs = await relay({ logId: randomUUID() })
    await until(() => told.sent === 2)
    await theirs.stop()
    await assert.rejects(relay(), { code: 'LOG_FOREIGN', message: /give the topic of each store a name of its own/ })
    const table = await openTableLog({ database })
    await assert.rejects(republish({ table, kafka, topic: 'member-events', from: 1 }), {
      code: 'LOG_FOREIGN',
      message: /nothing was published/,
    })
    assert.deepEqual(await lying(6), [1, 2])
  })

  test('a topic that holds an event which the store does not have: it was put back to an earlier copy', async (t) => {
    const { database, record, relay, until, told } = await relayedStore(t)
    await record(6, 3)
    const before = await relay()
    await until(() => told.sent === 3)
    await before.stop()
    const diverged = {
      code: 'LOG_DIVERGED',
      message: /member-events partition 6 on the broker holds an event 3 that this store does not have/,
    }
    await database.transaction(async (tx) => {
      await tx.deleteFrom('events').where('seq', '=', 3).execute()
      await tx.updateTable('partition_counters').set({ last_seq: 2 }).where('partition', '=', 6).execute()
    })
    await assert.rejects(relay(), diverged)
    await record(6, 1, { eventId: randomUUID() })
    await assert.rejects(relay(), diverged)
  })

  test('naming the setting that gives the topic its name, and what new databases mean', async (t) => {
    const { kafka, cluster, record, relay, until, told, database } = await relayedStore(t)
    await record(6, 1)
    const before = await relay()
    await until(() => told.sent === 1)
    await before.stop()
    await database.transaction((tx) => tx.deleteFrom('events').execute())
    const again = /new databases: every effect is then done again/
    await assert.rejects(relay(), { message: /\(MAGASIN_TOPIC_PREFIX\)/ })
    await assert.rejects(relay(), { message: again })
    const named = { ...kafka, names: { 'member-events': cluster.nameOf('member-events') } }
    await assert.rejects(relay({ kafka: named }), { message: /\(KAFKA_TOPIC\)/ })
  })

  test('a topic with another number of partitions', async (t) => {
    const { cluster, relay } = await relayedStore(t)
    const topics = [cluster.nameOf('member-events')]
    await cluster.ask('a topic', (admin) => admin.createTopics({ topics, partitions: 3, replicas: -1 }))
    const changed = {
      code: 'TOPIC_PARTITIONS_CHANGED',
      message: /has 3 partitions .* and needs 8.*MAGASIN_TOPIC_PREFIX/,
    }
    await assert.rejects(relay(), changed)
  })
})
