import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import { club } from '@magasin/contracts/testing/members'
import type { PartitionRef } from '../event-log.ts'
import type { OpenedLog } from '../conformance/event-log-case.ts'
import { openKafkaLog, type KafkaLog } from '../kafka/kafka-log.ts'
import { TopicWriter } from '../kafka/writing/topic-writer.ts'
import { sampleRecord } from './event-tables.ts'
import { kafkaTopic, type KafkaTopic } from './kafka-topic.ts'

export interface KafkaCase extends KafkaTopic, OpenedLog {
  /** Opens the log once more, as another process does. */
  openLog(): KafkaLog
  /** Records events with these values in a partition of `member-events`, in one batch. */
  appendValues(partition: number, values: readonly string[]): Promise<void>
}

/** The topics of the club on a broker, with a log on them, and what is done to them by the conformance suite. */
export async function kafkaCase(t: TestContext, url?: string): Promise<KafkaCase> {
  const onBroker = kafkaTopic(t, url)
  const { kafka, cluster, closeFirst, removeBefore } = onBroker
  const logId = randomUUID()
  const writers = new Map<string, TopicWriter>()
  for (const topic of club.topics.keys()) {
    await cluster.prepare(topic)
    const writer = new TopicWriter(cluster, { topic, logId })
    writers.set(topic, writer)
    closeFirst(() => writer.close())
  }
  const open = (): KafkaLog => {
    const opened = openKafkaLog(kafka)
    closeFirst(() => opened.close())
    return opened
  }
  const log = open()
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
    ...onBroker,
    log,
    openLog: open,
    logId,
    async append(partition, count, topic = 'member-events') {
      await write(Array.from({ length: count }, () => make({ topic, partition }, ++commands)))
    },
    async appendValues(partition, values) {
      const records = values.map(() => make({ topic: 'member-events', partition }, ++commands))
      await write(records.map((record, i) => ({ ...record, value: values[i]! })))
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
}
