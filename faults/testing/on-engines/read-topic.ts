import type { EventRecord } from '@magasin/contracts/event-record'
import { Cluster } from '@magasin/event-log/kafka/cluster'
import { Consumer, type Message } from '@platformatic/kafka'
import type { TopicRecord } from './check-topic.ts'
import type { FaultSite } from './fault-site.ts'

/** Everything that a topic holds, repeats included, as a plain client reads it: nothing of our readers has a part in it. */
export async function readTopic({ kafka }: FaultSite, name = 'user-events'): Promise<readonly TopicRecord[]> {
  const topic = `${kafka.prefix ?? ''}${name}`
  const cluster = new Cluster(kafka)
  const offsets = await cluster.offsetsOf(name).finally(() => cluster.close())
  const total = offsets.reduce((sum, { start, end }) => sum + end - start, 0)
  const found: TopicRecord[] = []
  if (total === 0) return found
  const consumer = new Consumer({
    clientId: 'checker',
    groupId: `checker-of-${topic}`,
    bootstrapBrokers: [...kafka.brokers],
  })
  try {
    const stream = await consumer.consume({
      topics: [topic],
      mode: 'earliest',
      autocommit: false,
    })
    for await (const message of stream) {
      found.push({ partition: message.partition, offset: Number(message.offset), record: recordOf(name, message) })
      if (found.length === total) break
    }
    return found.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
  } finally {
    await consumer.close(true)
  }
}

function recordOf(topic: string, { key, value, partition, headers }: Message<Buffer, Buffer, Buffer, Buffer>) {
  const texts = new Map([...headers].map(([name, content]) => [name.toString(), content.toString()]))
  const text = (name: string): string => texts.get(name) ?? ''
  const record: EventRecord = {
    logId: text('logid'),
    topic,
    partition,
    seq: Number(text('seq')),
    commandNo: Number(text('commandno')),
    commandIndex: Number(text('commandindex')),
    eventId: text('ce_id'),
    type: text('ce_type'),
    stream: key.toString(),
    streamVersion: Number(text('streamversion')),
    schemaVersion: Number(text('schemaversion')),
    time: text('ce_time'),
    causedBy: texts.get('causedby') ?? null,
    traceparent: texts.get('traceparent') ?? null,
    value: value.toString(),
  }
  return record.eventId === '' || record.seq === 0 ? undefined : record
}
