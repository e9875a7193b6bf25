import assert from 'node:assert/strict'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { republish } from '@magasin/event-log/republish'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { relayedStore } from '@magasin/event-log/testing/relayed-store'
import type { Engine } from '../tools/engines/engine.ts'
import { startKafka } from '../tools/engines/kafka.ts'
import { until } from '../tools/testing/until.ts'
import { createFollower, upTo, value, type Follower, type RelayedStore } from './testing/log-follower.ts'

describe('a broker that comes back with an earlier copy of its data', { skip: noKafka }, () => {
  let broker: Engine
  before(async () => (broker = await startKafka()))
  after(() => broker?.kill())

  /** A store, its relay and a subscriber on that broker, with six events of partition 2 that everybody has. */
  async function followedStore(t: TestContext) {
    const store = await relayedStore(t, broker.url)
    await store.record(2, 6, { value })
    const relaying = await store.relay()
    const follower = await createFollower(t, store)
    await follower.start()
    await follower.untilHandled(2, 6)
    return { ...store, relaying, follower }
  }

  test('gets the missing events again, nobody misses one, and nothing is done twice', async (t) => {
    const alive = await followedStore(t)
    const restarted = await followedStore(t)
    const overtaken = await followedStore(t)
    const all = [alive, restarted, overtaken]
    const data = join(broker.folder, 'data')
    const copy = join(broker.folder, 'copy')

    await broker.stop()
    cpSync(data, copy, { recursive: true })
    await broker.start()
    for (const { record, follower } of all) {
      await record(2, 4, { value })
      await follower.untilHandled(2, 10)
    }
    for (const { relaying } of [restarted, overtaken]) await relaying.stop()
    await broker.stop()
    rmSync(data, { recursive: true })
    cpSync(copy, data, { recursive: true })
    await broker.start()

    // A relay that woke too late: behind the hole lie events that had other offsets before.
    const table = await openTableLog({ database: overtaken.database })
    const { kafka, cluster } = overtaken
    const leads = () =>
      cluster.offsetsOf('member-events').then(
        () => true,
        () => false,
      )
    await until('the broker leads its partitions again', leads)
    await republish({ table, kafka, topic: 'member-events', partition: 2, from: 9 })
    for (const { relay } of [restarted, overtaken]) await relay()

    await t.test('with the relay alive', () => whole(alive))
    await t.test('with the relay restarted', () => whole(restarted))
    await t.test('with other events where the subscriber stood', async () => {
      await whole(overtaken)
      assert.deepEqual((await overtaken.lying(2)).slice(0, 9), [1, 2, 3, 4, 5, 6, 9, 10, 7])
    })
  })
})

/** Records two events more and checks that everybody has all twelve. */
async function whole({ record, follower, taken }: RelayedStore & { readonly follower: Follower }): Promise<void> {
  await record(2, 2, { value })
  await follower.untilHandled(2, 12)
  assert.deepEqual(follower.handled.get(2), upTo(12))
  assert.deepEqual(await follower.effects(2), upTo(12))
  assert.deepEqual(follower.alarms, [])
  assert.deepEqual(await taken(2), upTo(12))
}
