import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { relayedStore } from '@magasin/event-log/testing/relayed-store'
import { createFollower, upTo, value } from './testing/log-follower.ts'

/** A store with events in two partitions, all of them relayed and followed. */
async function followedStore(t: TestContext) {
  const store = await relayedStore(t)
  await store.record(0, 8, { value })
  await store.record(7, 3, { value })
  const relaying = await store.relay()
  const follower = await createFollower(t, store)
  await follower.start()
  await Promise.all([follower.untilHandled(0, 8), follower.untilHandled(7, 3)])
  return { ...store, relaying, follower }
}

describe('a topic that is deleted', { skip: noKafka }, () => {
  test('is made anew by the relay that is at work; a subscriber misses nothing and gets nothing twice', async (t) => {
    const { deleteTopic, record, until, told, follower, taken } = await followedStore(t)
    await deleteTopic()
    await until(() => told.recovered > 0)
    await record(0, 2, { value })
    await record(6, 1, { value })
    await Promise.all([follower.untilHandled(0, 10), follower.untilHandled(6, 1)])
    await until(() => told.sent === 11 + 11 + 3)
    assert.deepEqual([follower.handled.get(0), follower.handled.get(7)], [upTo(10), upTo(3)])
    assert.deepEqual([await taken(0), await taken(7), await taken(6)], [upTo(10), upTo(3), [1]])
    assert.deepEqual(follower.alarms, [])
  })

  test('while the relay is stopped is made anew at its start', async (t) => {
    const { deleteTopic, record, relay, relaying, until, told, follower, taken } = await followedStore(t)
    await relaying.stop()
    await deleteTopic()
    await record(0, 2, { value })
    await relay()
    await Promise.all([follower.untilHandled(0, 10), until(() => told.sent === 11 + 13)])
    assert.deepEqual([follower.handled.get(0), follower.handled.get(7)], [upTo(10), upTo(3)])
    assert.deepEqual([await taken(0), await taken(7)], [upTo(10), upTo(3)])
    assert.deepEqual(follower.alarms, [])
  })

  test('while the relay and the subscriber are stopped costs nobody anything', async (t) => {
    const { deleteTopic, record, relay, relaying, follower } = await followedStore(t)
    await Promise.all([relaying.stop(), follower.stop()])
    await deleteTopic()
    await record(7, 2, { value })
    await follower.start()
    await relay()
    await follower.untilHandled(7, 5)
    assert.deepEqual([follower.handled.get(0), follower.handled.get(7)], [upTo(8), upTo(5)])
    assert.deepEqual(follower.alarms, [])
  })
})
