import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { Cluster, type KafkaOptions } from '../kafka/cluster.ts'

const address = process.env['MAGASIN_TEST_KAFKA']

/** Why tests that need a broker are skipped; false where there is one. */
export const noKafka: string | false =
  address === undefined &&
  'no Kafka broker: `npm test` starts one where it can, or set MAGASIN_TEST_KAFKA=kafka://host:port'

export interface KafkaTopic {
  readonly kafka: KafkaOptions
  readonly cluster: Cluster
  /** What is to be closed before the topic goes: a member of a group cannot leave it by then. */
  closeFirst(close: () => Promise<void>): void
}

/** A topic of the test's own on the tests' broker, which goes when the test ends; it is made by the first who needs it. */
export function kafkaTopic(t: TestContext): KafkaTopic {
  const kafka: KafkaOptions = {
    brokers: [address!.replace('kafka://', '')],
    clientId: 'test',
    names: { 'user-events': `user-events-${randomUUID()}` },
  }
  const cluster = new Cluster(kafka)
  const closing: (() => Promise<void>)[] = []
  t.after(async () => {
    for (const close of closing.toReversed()) await close()
    const topics = [cluster.nameOf('user-events')]
    await cluster.ask('the end of a test', (admin) => admin.deleteTopics({ topics })).catch(() => undefined)
    await cluster.close()
  })
  return { kafka, cluster, closeFirst: (close) => closing.push(close) }
}
