import { randomUUID } from 'node:crypto'
import { describe } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import { eventLogSuite } from '../conformance/event-log.suite.ts'
import type { PartitionRef } from '../event-log.ts'
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
      const writers = new Map<string, TopicWriter>()
      for (const topic of ['member-events', 'visit-events']) {
        await cluster.prepare(topic)
        const writer = new TopicWriter(cluster, { topic, logId })
        writers.set(topic, writer)
        closeFirst(() => writer.close())
      }
      const log = openKafkaLog(kafka)
      closeFirst(() => log.close())
      let recorded: EventRecord[] = []
      let commands = 0
      const write = async (records: readonly EventRecord[]) => {
        for (const [topic, ofTopic] of Map.groupBy(records, (record) => record.topic))
          for (let i = 0; i < ofTopic.length; i += 500) await writers.get(topic)!.append(ofTopic.slice(i, i + 500))
      }
      const ofPartition = (partition: number, topic = 'member-events') =>
        recorded.filter((record) => record.partition === partition && record.topic === topic)
      const make = ({ topic, partition }: PartitionRef, commandNo: number, commandIndex = 0) => {
        const seq = (ofPartition(partition, topic).at(-1)?.seq ?? 0) + 1
        const stream = `member-${commandNo}`
        const place = { topic, partition, seq, commandNo, commandIndex }
        const record = { ...sampleRecord, ...place, logId, stream, eventId: randomUUID() }
        recorded.push(record)
        return record
      }
      return {
        log,
        logId,
        async append(partition, count, topic = 'member-events') {
          await write(Array.from({ length: count }, () => make({ topic, partition }, ++commands)))
        },
        async appendTogether(places) {
          commands++
          await write(places.map((at, i) => make(at, commands, i)))
        },
        idAt: (partition, seq) => Promise.resolve(ofPartition(partition)[seq - 1]!.eventId),
        async lose(partition, seq) {
          await removeBefore(partition)
          await write(ofPartition(partition).filter((record) => record.seq !== seq))
          return () => write(ofPartition(partition).filter((record) => record.seq >= seq))
        },
        // An operator gives the topic a new name then: it holds the events of the store from the first on.
        async putBack(partition, seq) {
          recorded = recorded.filter((one) => !(ofPartition(partition).includes(one) && one.seq > seq))
          await removeBefore(partition)
          await write(ofPartition(partition))
        },
      }
    },
  })
})
