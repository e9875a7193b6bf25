import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { sampleRecord } from '../testing/event-tables.ts'
import { kafkaTopic, noKafka } from '../testing/kafka-topic.ts'
import { openKafkaLog } from './kafka-log.ts'
import { TopicWriter } from './topic-writer.ts'

describe('a member of a group', { skip: noKafka }, () => {
  test('has no fault any more in a partition that it does not read any more', async (t) => {
    const { kafka, cluster, closeFirst } = kafkaTopic(t)
    const logId = randomUUID()
    const writer = new TopicWriter(cluster, { topic: 'member-events', logId })
    const log = openKafkaLog(kafka)
    closeFirst(() => writer.close())
    closeFirst(() => log.close())
    await cluster.prepare('member-events')
    await writer.append([{ ...sampleRecord, logId, partition: 2, seq: 1, commandNo: 1, eventId: 'e-1', stream: 'member-1' }])
    const failed = Promise.withResolvers<number | null>()
    const recovered: (number | null)[] = []
    const subscription = await log.subscribe({
      topic: 'member-events',
      group: 'failing',
      positionOf: () => Promise.resolve(undefined),
      deliver: () => Promise.reject(new Error('not here')),
      onAlarm: () => undefined,
      onFault: (_fault, partition) => failed.resolve(partition),
      onRecovery: (partition) => recovered.push(partition),
    })
    assert.equal(await failed.promise, 2)
    assert.deepEqual(recovered, [])
    await subscription.stop()
    assert.deepEqual(recovered, [2])
  })
})
