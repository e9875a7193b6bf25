import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { club } from '@magasin/contracts/testing/members'
import { ProduceAcks, Producer, type CompressionAlgorithmValue } from '@platformatic/kafka'
import { Cluster, clientOptions, type KafkaOptions } from '../kafka/cluster.ts'

const address = process.env['MAGASIN_TEST_KAFKA']

/** Why tests that need a broker are skipped; false where there is one. */
export const noKafka: string | false =
  address === undefined &&
  'no Kafka broker: `npm test` starts one where it can, or set MAGASIN_TEST_KAFKA=kafka://host:port'

/** A record as any program may write it. */
export interface ForeignRecord {
  readonly key?: Buffer
  readonly value?: Buffer
  readonly headers?: Map<Buffer, Buffer>
}

export interface KafkaTopic {
  readonly kafka: KafkaOptions
  readonly cluster: Cluster
  /** What is to be closed before the topic goes: a member of a group cannot leave it by then. */
  closeFirst(close: () => Promise<void>): void
  /** Writes records into a partition as a program does that is none of ours. */
  write(
    partition: number,
    records: readonly ForeignRecord[],
    options?: { readonly compression?: CompressionAlgorithmValue },
  ): Promise<void>
  /** Removes what lies before an offset of a partition, as retention does; all of it by default. */
  removeBefore(partition: number, offset?: number): Promise<void>
  deleteTopic(): Promise<void>
}

/**
 * Topics of the test's own, on the tests' broker or another, which go when the test ends; each is made by the first who needs it.
 * What is written or removed is in the first of them.
 */
export function kafkaTopic(t: TestContext, url = address ?? '', topics = club.topics): KafkaTopic {
  const prefix = `${randomUUID()}-`
  const [first = ''] = topics.keys()
  const name = `${prefix}${first}`
  const brokers = [url.replace('kafka://', '')]
  const kafka: KafkaOptions = { brokers, clientId: 'test', topics, prefix }
  const cluster = new Cluster(kafka)
  const closing: (() => Promise<void>)[] = []
  const deleteTopics = (names: string[]) =>
    cluster.ask('the end of a topic', (admin) => admin.deleteTopics({ topics: names }))
  t.after(async () => {
    for (const close of closing.toReversed()) await close()
    for (const topic of topics.keys()) await deleteTopics([cluster.nameOf(topic)]).catch(() => undefined)
    await cluster.close()
  })
  return {
    kafka,
    cluster,
    closeFirst: (close) => closing.push(close),
    async write(partition, records, options = {}) {
      const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({ ...clientOptions(kafka), ...options })
      const messages = records.map((record) => ({ topic: name, partition, ...record }))
      await producer.send({ messages, acks: ProduceAcks.ALL }).finally(() => producer.close())
    },
    async removeBefore(partition, offset = -1) {
      const partitions = [{ partition, offset: BigInt(offset) }]
      await cluster.ask('removing records', (admin) => admin.deleteRecords({ topics: [{ name, partitions }] }))
    },
    deleteTopic: () => deleteTopics([name]),
  }
}
