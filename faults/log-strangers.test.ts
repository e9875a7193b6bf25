import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { Consumer, MessagesStreamModes } from '@platformatic/kafka'
import { partitionOf } from '@magasin/contracts/partition-of'
import { openHistory } from '@magasin/event-log/open-history'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { relayedStore } from '@magasin/event-log/testing/relayed-store'
import { createFollower, upTo, value } from './testing/log-follower.ts'

const text = (one: string) => Buffer.from(one)

describe('in a topic', { skip: noKafka }, () => {
  test('a record of somebody else is passed over and counted, whatever it looks like', async (t) => {
    const store = await relayedStore(t)
    const { write, record, relay, until, told, taken, log } = store
    const half = new Map([
      [text('logid'), text(store.logId)],
      [text('seq'), text('3')],
    ])
    const strangers = [
      { value: text('hello') },
      { key: text('member-1'), value: text(value) },
      { key: text('member-1'), value: text(value), headers: half },
      { value: text(value), headers: half },
      { key: text('member-1'), headers: half },
      {},
    ]
    await record(0, 2, { value })
    const relaying = await relay()
    await until(() => told.sent === 2)
    await write(0, strangers)
    await relaying.stop()
    await relay()
    await record(0, 2, { value })
    const follower = await createFollower(t, store)
    await follower.start()
    await follower.untilHandled(0, 4)
    assert.deepEqual(follower.handled.get(0), upTo(4))
    assert.deepEqual(follower.alarms, [])
    assert.equal(follower.log.unrecognisedRecords(), strangers.length)
    await follower.stop()
    assert.equal(follower.log.unrecognisedRecords(), strangers.length)
    assert.deepEqual(await taken(0), upTo(4))
    assert.equal((await log.describe('member-events')).partitions[0]!.unrecognised, strangers.length)
  })

  test('the events of another store are refused to a subscriber that stands in this one', async (t) => {
    const store = await relayedStore(t)
    await store.record(0, 2, { value })
    const relaying = await store.relay()
    const follower = await createFollower(t, store)
    await follower.start()
    await follower.untilHandled(0, 2)
    await relaying.stop()
    // The topic of the same name is now another store's: it has events where this one had none, too.
    await store.deleteTopic()
    const theirs = randomUUID()
    await store.record(1, 2, { value })
    const other = await store.relay({ logId: theirs })
    await store.until(() => store.told.sent >= 6)
    await follower.until(() => follower.alarms.length === 2)
    for (const { code, message } of follower.alarms) {
      assert.equal(code, 'LOG_FOREIGN')
      assert.match(message, new RegExp(`holds events of the store ${theirs}, and this is ${store.logId}`))
    }
    assert.deepEqual([...follower.handled], [[0, [1, 2]]])
    await follower.stop()
    await assert.rejects(follower.start(), { code: 'LOG_FOREIGN' })
    await other.stop()
    // A history says whose it is.
    assert.equal((await openHistory(store.log, ['member-events'])).logId, theirs)
  })

  test('a plain client that reads only the lab’s fields gets every event, in order for every key', async (t) => {
    const store = await relayedStore(t)
    const events = Array.from({ length: 200 }, (_, i) => {
      const id = 1 + (i % 40)
      const stream = `member-${id}`
      const streamVersion = 1 + Math.floor(i / 40)
      const fields = { id, name: `Person ${id}`, email: `p${id}@example.com`, user_type_id: 1 + (id % 3) }
      const lab = {
        event: streamVersion === 5 ? 'UserDeleted' : 'MemberJoined',
        ...fields,
        datetime: `${streamVersion}`,
      }
      return { partition: partitionOf(stream, 8), stream, streamVersion, type: lab.event, value: JSON.stringify(lab) }
    })
    for (const { partition, ...event } of events) await store.record(partition, 1, event)
    await store.relay()

    const consumer = new Consumer({
      clientId: 'plain',
      groupId: `plain-${randomUUID()}`,
      bootstrapBrokers: [...store.kafka.brokers],
      deserializers: { key: String, value: (data?: Buffer) => JSON.parse(String(data)) as Record<string, unknown> },
    })
    store.closeFirst(() => consumer.close(true))
    const stream = await consumer.consume({
      topics: [store.cluster.nameOf('member-events')],
      mode: MessagesStreamModes.EARLIEST,
    })
    const read = new Map<string, string[]>()
    let count = 0
    for await (const message of stream) {
      const { event, id, name, email, user_type_id, datetime } = message.value
      const fields = JSON.stringify({ event, id, name, email, user_type_id, datetime })
      read.set(message.key, [...(read.get(message.key) ?? []), fields])
      if (++count === events.length) break
    }
    const recorded = Map.groupBy(events, ({ stream: key }) => key)
    assert.deepEqual(read, new Map([...recorded].map(([key, some]) => [key, some.map((one) => one.value)] as const)))
  })
})
