import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { Broker } from '@platformatic/kafka'
import { range } from '../../conformance/read.ts'
import { sampleRecord } from '../../testing/event-tables.ts'
import { kafkaTopic, noKafka } from '../../testing/kafka-topic.ts'
import { BatchWriter, bytesOf } from './batch-writer.ts'
import { Cluster } from '../cluster.ts'
import { logUnavailable } from '../kafka-faults.ts'
import { writeBatch } from '../protocol/write-batch.ts'
import { createRecordEncoder } from '../record-codec.ts'

/** The brokers, of which one topic may have lost a leader, and which remember who connected. */
class WatchedCluster extends Cluster {
  withoutLeader: string | undefined
  isAway = false
  connections = 0

  override leadersOf(topic: string): Promise<readonly Broker[]> {
    if (topic !== this.withoutLeader) return super.leadersOf(topic)
    return Promise.reject(logUnavailable(`${topic} partition 0 has no leader`, this.options.brokers, undefined))
  }

  override connect(broker: Broker) {
    this.connections++
    const opened = super.connect(broker)
    // What is asked of a connection that is gone is not answered.
    if (this.isAway) return opened.then((connection) => connection.close().then(() => connection))
    return opened
  }
}

async function writerOfTwoTopics(t: TestContext) {
  const { kafka, closeFirst } = kafkaTopic(t)
  const cluster = new WatchedCluster(kafka)
  for (const topic of ['member-events', 'visit-events']) await cluster.prepare(topic)
  const writer = new BatchWriter(cluster, { logId: randomUUID() })
  closeFirst(() => cluster.close())
  closeFirst(() => writer.close())
  const batch = (topic: string, partition: number, [first, last]: readonly [number, number]) => ({
    topic,
    partition,
    records: range(first, last).map((seq): EventRecord => ({
      ...sampleRecord,
      topic,
      partition,
      seq,
      commandNo: seq,
      eventId: `e-${seq}`,
      stream: 's',
    })),
  })
  return { cluster, writer, batch }
}

test('what a record takes of a batch is never counted too low, however long its texts are', () => {
  const most = Number.MAX_SAFE_INTEGER
  const numbers = { seq: most, commandNo: most, commandIndex: most, streamVersion: most, schemaVersion: most }
  for (const [stream, type, traceparent] of [
    ['s', 't', null],
    ['s'.repeat(200), 'T'.repeat(100), 'p'.repeat(100)],
  ] as const) {
    const texts = { eventId: randomUUID(), causedBy: randomUUID(), stream, type, traceparent }
    const record: EventRecord = { ...sampleRecord, ...numbers, ...texts, partition: 0, value: 'é'.repeat(1_000) }
    const written = writeBatch([record], createRecordEncoder(randomUUID())).length
    assert.ok(written <= bytesOf(record), `${written} bytes, counted as ${bytesOf(record)}`)
  }
})

describe('one append', { skip: noKafka }, () => {
  test('takes batches of several topics in one request to each broker, and says where each came to lie', async (t) => {
    const { cluster, writer, batch } = await writerOfTwoTopics(t)
    const { batches, failures } = await writer.append([
      batch('member-events', 0, [1, 3]),
      batch('visit-events', 7, [1, 1]),
      batch('member-events', 1, [1, 2]),
    ])
    assert.equal(failures.size, 0)
    const bases = (found: typeof batches) =>
      found.map(({ topic, partition, base }) => `${topic}/${partition} at ${base}`).toSorted()
    assert.deepEqual(bases(batches), ['member-events/0 at 0', 'member-events/1 at 0', 'visit-events/7 at 0'])
    const second = await writer.append([batch('visit-events', 7, [2, 2]), batch('member-events', 0, [4, 4])])
    assert.deepEqual(bases(second.batches), ['member-events/0 at 3', 'visit-events/7 at 1'])
    assert.equal(cluster.connections, 1)
  })

  test('takes those of the other topics if a partition of one has no leader, or is not there any more', async (t) => {
    const { cluster, writer, batch } = await writerOfTwoTopics(t)
    cluster.withoutLeader = 'visit-events'
    const both = [batch('visit-events', 0, [1, 1]), batch('member-events', 0, [1, 1])]
    const first = await writer.append(both)
    assert.deepEqual(
      first.batches.map(({ topic }) => topic),
      ['member-events'],
    )
    assert.match(first.failures.get('visit-events')!.message, /visit-events partition 0 has no leader/)

    cluster.withoutLeader = undefined
    assert.equal((await writer.append(both)).failures.size, 0)

    const topics = [cluster.nameOf('visit-events')]
    await cluster.ask('the end of a topic', (admin) => admin.deleteTopics({ topics }))
    let third = await writer.append(both)
    while (third.failures.size === 0) third = await writer.append(both)
    assert.deepEqual([...third.failures.keys()], ['visit-events'])
    assert.deepEqual(
      third.batches.map(({ topic }) => topic),
      ['member-events'],
    )
  })

  test('fails for all topics of a broker that does not answer, and the next one connects anew', async (t) => {
    const { cluster, writer, batch } = await writerOfTwoTopics(t)
    const both = [batch('visit-events', 0, [1, 1]), batch('member-events', 0, [1, 1])]
    cluster.isAway = true
    const { batches, failures } = await writer.append(both)
    assert.deepEqual(batches, [])
    assert.deepEqual([...failures].map(([topic, { code }]) => `${topic} ${code}`).toSorted(), [
      'member-events LOG_UNAVAILABLE',
      'visit-events LOG_UNAVAILABLE',
    ])
    for (const { message } of failures.values()) assert.doesNotMatch(message, /no answer about/)
    cluster.isAway = false
    assert.equal((await writer.append(both)).failures.size, 0)
  })
})
