import { randomUUID } from 'node:crypto'
import { describe } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import { eventLogSuite } from '../conformance/event-log.suite.ts'
import { sampleRecord } from '../testing/event-tables.ts'
import { kafkaTopic, noKafka } from '../testing/kafka-topic.ts'
import { openKafkaLog } from './kafka-log.ts'
import { TopicWriter } from './topic-writer.ts'

describe('Kafka', { skip: noKafka }, () => {
  eventLogSuite({
    adapter: 'a Kafka topic',
    knowsItsEnd: false,
    async open(t) {
      const { kafka, cluster, closeFirst, removeBefore } = kafkaTopic(t)
      const logId = randomUUID()
      await cluster.prepare('member-events')
      const writer = new TopicWriter(cluster, { topic: 'member-events', logId })
      const log = openKafkaLog(kafka)
      closeFirst(() => writer.close())
      closeFirst(() => log.close())
      const recorded: EventRecord[] = []
      const append = async (records: readonly EventRecord[]) => {
        for (let i = 0; i < records.length; i += 500) await writer.append(records.slice(i, i + 500))
      }
      const ofPartition = (partition: number) => recorded.filter((record) => record.partition === partition)
      return {
        log,
        logId,
        async append(partition, count) {
          const before = ofPartition(partition).length
          const records = Array.from({ length: count }, (_, i) => {
            const commandNo = recorded.length + 1 + i
            const seq = before + 1 + i
            return { ...sampleRecord, logId, partition, seq, commandNo, eventId: `e-${commandNo}`, stream: `member-${commandNo}` }
          })
          recorded.push(...records)
          await append(records)
        },
        async lose(partition, seq) {
          await removeBefore(partition)
          await append(ofPartition(partition).filter((record) => record.seq !== seq))
          return () => append(ofPartition(partition).filter((record) => record.seq >= seq))
        },
      }
    },
  })
})
