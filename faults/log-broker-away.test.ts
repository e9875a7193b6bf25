import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { relayedStore } from '@magasin/event-log/testing/relayed-store'
import type { Engine } from '../tools/engines/engine.ts'
import { startKafka } from '../tools/engines/kafka.ts'
import { createFollower, upTo, value } from './testing/log-follower.ts'

const areAway = (faults: readonly unknown[]) =>
  faults.length > 0 && faults.every((fault) => isMagasinError(fault, 'LOG_UNAVAILABLE'))

describe('while the broker is away', { skip: noKafka }, () => {
  let broker: Engine
  before(async () => (broker = await startKafka()))
  after(() => broker?.kill())

  test('from the start, events wait, that is said, and all of them arrive when it is there', async (t) => {
    await broker.stop()
    const store = await relayedStore(t, broker.url)
    const { record, relay, until, told, taken } = store
    await record(0, 5, { value })
    const relaying = await relay()
    const follower = await createFollower(t, store)
    await follower.start()
    await until(() => told.failures.length >= 2)
    await assert.rejects(relaying.check(), { code: 'LOG_UNAVAILABLE' })
    await record(0, 5, { value })
    await broker.start()
    await follower.untilHandled(0, 10)
    await until(() => told.recovered > 0)
    await relaying.check()
    assert.deepEqual(follower.handled.get(0), upTo(10))
    assert.deepEqual(await taken(0), upTo(10))
    assert.ok(areAway(told.failures) && areAway(follower.faults))
    assert.deepEqual(follower.alarms, [])
  })

  test('killed in the middle of the work, nothing is lost and everything goes on by itself', async (t) => {
    const store = await relayedStore(t, broker.url)
    const { record, relay, until, told, taken } = store
    const relaying = await relay()
    const follower = await createFollower(t, store)
    await follower.start()
    for (let i = 0; i < 10; i++) await record(0, 50, { value })
    await follower.untilHandled(0, 1)
    await broker.kill()
    for (let i = 0; i < 10; i++) await record(0, 50, { value })
    await until(() => told.failures.length > 0)
    await assert.rejects(relaying.check(), { code: 'LOG_UNAVAILABLE' })
    await broker.start()
    await follower.untilHandled(0, 1_000)
    await relaying.check()
    await record(3, 1, { value })
    await follower.untilHandled(3, 1)
    assert.deepEqual(await follower.effects(0), upTo(1_000))
    assert.deepEqual(await taken(0), upTo(1_000))
    assert.deepEqual(follower.alarms, [])
  })
})
