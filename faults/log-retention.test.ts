import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka'
import { openHistory } from '@magasin/event-log/open-history'
import { republish } from '@magasin/event-log/republish'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { relayedStore } from '@magasin/event-log/testing/relayed-store'
import { startKafka } from '../tools/engines/kafka.ts'
import { createFollower, upTo, value, type RelayedStore } from './testing/log-follower.ts'
import { until } from '../tools/testing/until.ts'

/** A store of which ten events of partition 3 are relayed and followed by a subscriber that is up to date. */
async function followedStore(t: TestContext, url?: string) {
  const store = await relayedStore(t, url)
  await store.record(3, 10, { value })
  const relay = await store.relay()
  const follower = await createFollower(t, store)
  await follower.start()
  await follower.untilHandled(3, 10)
  return { ...store, relaying: relay, follower }
}

function setTopic(cluster: RelayedStore['cluster'], settings: Readonly<Record<string, string>>): Promise<void> {
  const configs = Object.entries(settings).map(([name, setting]) => ({
    name,
    value: setting,
    configOperation: IncrementalAlterConfigOperationTypes.SET,
  }))
  const resourceName = cluster.nameOf('member-events')
  const resources = [{ resourceType: ConfigResourceTypes.TOPIC, resourceName, configs }]
  return cluster.ask('settings', (admin) => admin.incrementalAlterConfigs({ resources, validateOnly: false }))
}

async function republishFrom({ database, kafka }: RelayedStore, partition: number, from: number): Promise<number> {
  const table = await openTableLog({ database })
  return republish({ table, kafka, topic: 'member-events', partition, from })
}

describe('when retention has removed events,', { skip: noKafka }, () => {
  test('a late subscriber stops, names the command that helps, once, and goes on when it was run', async (t) => {
    const store = await followedStore(t)
    await store.removeBefore(3, 6)
    await store.record(5, 2, { value })
    const late = await createFollower(t, store, { group: `late-${store.logId}` })
    await late.start()
    await late.until(() => late.alarms.length > 0)
    await late.untilHandled(5, 2)
    assert.deepEqual(late.handled.get(3), undefined)
    assert.deepEqual(
      late.alarms.map(({ code, message }) => [code, message]),
      [
        [
          'LOG_GAP',
          'member-events partition 3: event 1 is next and is not there: `magasin log republish --topic member-events --partition 3 --from 1` brings it again from the store',
        ],
      ],
    )
    assert.equal(late.describe().partitions[3]!.gapAt, 1)

    assert.equal(await republishFrom(store, 3, 1), 10)
    await late.untilHandled(3, 10)
    await store.record(3, 1, { value })
    await Promise.all([late.untilHandled(3, 11), store.follower.untilHandled(3, 11)])
    assert.deepEqual(late.handled.get(3), upTo(11))
    assert.equal(late.alarms.length, 1)
    // The other one passed over the repeats.
    assert.deepEqual(store.follower.handled.get(3), upTo(11))
    assert.deepEqual(store.follower.alarms, [])
  })

  test('a history from the beginning is refused, and one from the floor says where it begins', async (t) => {
    const { log, removeBefore } = await followedStore(t)
    await removeBefore(3, 6)
    await assert.rejects(Array.fromAsync((await openHistory(log, ['member-events'])).pages()), {
      code: 'LOG_GAP',
      facts: { topic: 'member-events', partition: 3, seq: 1 },
    })
    const fromFloor = await openHistory(log, ['member-events'], { from: 'floor' })
    const records = (await Array.fromAsync(fromFloor.pages())).flat()
    assert.deepEqual(
      records.map(({ seq }) => seq),
      [7, 8, 9, 10],
    )
    const { floor, end } = (await log.describe('member-events')).partitions[3]!
    assert.deepEqual([floor, end], [7, 10])
  })
})

describe('a broker that removes old events by itself', { skip: noKafka }, () => {
  test('stops a late subscriber, and one that is up to date goes on', async (t) => {
    const broker = await startKafka({
      settings: { 'log.retention.check.interval.ms': 200, 'log.initial.task.delay.ms': 200 },
    })
    t.after(() => broker.kill())
    const store = await followedStore(t, broker.url)
    const { cluster, record, follower } = store
    await setTopic(cluster, { 'retention.ms': '1' })
    await until('the events are removed', async () => (await cluster.offsetsOf('member-events'))[3]!.start === 10)
    await setTopic(cluster, { 'retention.ms': '-1' })
    const late = await createFollower(t, store, { group: `late-${store.logId}` })
    await late.start()
    await late.until(() => late.alarms.length > 0)
    assert.match(late.alarms[0]!.message, /`magasin log republish --topic member-events --partition 3 --from 1`/)
    await record(3, 1, { value })
    await follower.untilHandled(3, 11)
    assert.equal(await republishFrom(store, 3, 1), 11)
    await late.untilHandled(3, 11)
    for (const one of [late, follower]) assert.deepEqual(one.handled.get(3), upTo(11))
    assert.deepEqual([late.alarms.length, follower.alarms.length], [1, 0])
  })
})

describe('when a partition was emptied,', { skip: noKafka }, () => {
  test('a subscriber that is up to date has nothing to say, and gets what comes next', async (t) => {
    const { removeBefore, record, follower } = await followedStore(t)
    await removeBefore(3)
    await record(3, 2, { value })
    await follower.untilHandled(3, 12)
    assert.deepEqual(follower.handled.get(3), upTo(12))
    assert.deepEqual(follower.alarms, [])
  })

  test('so has one that was up to date when it was stopped', async (t) => {
    const { removeBefore, record, follower } = await followedStore(t)
    await follower.stop()
    await removeBefore(3)
    await follower.start()
    await record(4, 1, { value })
    await follower.untilHandled(4, 1)
    await record(3, 2, { value })
    await follower.untilHandled(3, 12)
    assert.deepEqual(follower.handled.get(3), upTo(12))
    assert.deepEqual(follower.alarms, [])
  })

  test('one that was behind stops, names the command, and goes on when it was run', async (t) => {
    const store = await followedStore(t)
    const { follower, record, removeBefore, told } = store
    await follower.stop()
    await record(3, 5, { value })
    await store.until(() => told.sent === 15)
    await removeBefore(3)
    await follower.start()
    await follower.until(() => follower.alarms.length > 0)
    assert.match(follower.alarms[0]!.message, /`magasin log republish --topic member-events --partition 3 --from 11`/)
    assert.equal(await republishFrom(store, 3, 11), 5)
    await follower.untilHandled(3, 15)
    assert.deepEqual(follower.handled.get(3), upTo(15))
    assert.equal(follower.alarms.length, 1)
  })

  test('one that falls behind while it works stops, too', async (t) => {
    const store = await followedStore(t)
    const { follower, record, removeBefore, told } = store
    const held = follower.hold()
    await record(3, 1, { value })
    await held.reached
    // More than a reader fetches ahead.
    const last = 11 + 4_000
    await record(3, 4_000, { value })
    await store.until(() => told.sent === last)
    await removeBefore(3)
    held.letGo()
    await follower.until(() => follower.alarms.length > 0)
    const next = Number(/event (\d+) is next .* --from \1`/.exec(follower.alarms[0]!.message)?.[1])
    assert.ok(next > 11, String(next))
    assert.equal(await republishFrom(store, 3, next), last - next + 1)
    await follower.untilHandled(3, last)
    assert.deepEqual(await follower.effects(3), upTo(last))
  })
})
