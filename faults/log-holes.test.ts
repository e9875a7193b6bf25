import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { TopicSnapshot } from '@magasin/event-log/event-log'
import { republish } from '@magasin/event-log/republish'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { relayedStore } from '@magasin/event-log/testing/relayed-store'
import { createFollower, upTo, value } from './testing/log-follower.ts'

/** A topic that begins with event 46 of 60, and its store. */
async function storeWithoutBeginning(t: TestContext) {
  const store = await relayedStore(t)
  await store.record(1, 60, { value })
  await store.relay()
  await store.until(() => store.told.sent === 60)
  await store.removeBefore(1, 45)
  const table = await openTableLog({ database: store.database })
  /** Sends again from a seq, and is interrupted after so many. */
  const republishFrom = (from: number, most = Infinity) => {
    const interruption = new AbortController()
    return republish({
      table: { snapshot: async (topic) => withPagesOfOne(await table.snapshot(topic)) },
      kafka: store.kafka,
      topic: 'member-events',
      partition: 1,
      from,
      signal: interruption.signal,
      onProgress: (sent) => sent >= most && interruption.abort(new Error('interrupted')),
    })
  }
  return { ...store, republishFrom }
}

/** So that an interruption can come after any event. */
function withPagesOfOne(snapshot: TopicSnapshot): TopicSnapshot {
  return {
    ...snapshot,
    async *read(request) {
      for await (const page of snapshot.read(request)) for (const one of page) yield [one]
    },
  }
}

describe('a hole', { skip: noKafka }, () => {
  test('is mended while a subscriber waits at it; an interrupted mending does harm to nobody', async (t) => {
    const store = await storeWithoutBeginning(t)
    const follower = await createFollower(t, store)
    await follower.start()
    await follower.until(() => follower.alarms.length === 1)
    await assert.rejects(store.republishFrom(1, 20), /interrupted/)
    await follower.untilHandled(1, 20)
    await follower.until(() => follower.alarms.length === 2)
    assert.match(follower.alarms[1]!.message, /--partition 1 --from 21`/)
    assert.equal(await store.republishFrom(1), 60)
    await store.record(1, 1, { value })
    await follower.untilHandled(1, 61)
    assert.deepEqual(follower.handled.get(1), upTo(61))
    assert.equal(follower.alarms.length, 2)
    assert.deepEqual(await store.taken(1), upTo(61))
  })

  test('that was mended in part, up to events that still lie before it, is none: they are found there', async (t) => {
    const store = await storeWithoutBeginning(t)
    // 46 … 60, 1 … 50: what follows 50 lies in front.
    await assert.rejects(store.republishFrom(1, 50), /interrupted/)
    const follower = await createFollower(t, store)
    await follower.start()
    await follower.untilHandled(1, 60)
    assert.deepEqual(follower.handled.get(1), upTo(60))
    assert.deepEqual(follower.alarms, [])
    // Who reads once, from the beginning to the end, says that it did not get them, and does not end early in silence.
    await assert.rejects(store.taken(1), { code: 'LOG_GAP', facts: { topic: 'member-events', partition: 1, seq: 51 } })
  })
})
