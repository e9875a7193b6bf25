import { randomUUID } from 'node:crypto'
import { Cluster, type KafkaOptions } from '@magasin/event-log/kafka/cluster'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import type { Engine } from '../../tools/engines/engine.ts'

/** A topic of user events for one measurement, beside topics of the other families, with as many partitions and the settings that the shop gives it. */
export interface MeasuredTopic {
  /** What it is called on the broker. */
  readonly name: string
  /** `host:port` of the broker. */
  readonly broker: string
  /** How a process of ours is told of it. */
  readonly settings: Readonly<Record<string, string>>
  /** How many records the broker holds. */
  count(): Promise<number>
  /** Throws unless the broker holds exactly so many records. */
  check(records: number): Promise<void>
  /** Lets go of the broker. The records stay until the broker goes: it would delete their files in the middle of the next measurement. */
  close(): Promise<void>
}

/** Makes a new, empty topic. */
export async function makeTopic({ url }: Engine): Promise<MeasuredTopic> {
  const prefix = `${randomUUID()}-`
  const name = `${prefix}user-events`
  const broker = url.replace('kafka://', '')
  const cluster = new Cluster(topicOn(broker, name))
  await cluster.prepare('user-events')
  const count = async (): Promise<number> => {
    const offsets = await cluster.offsetsOf('user-events')
    return offsets.reduce((sum, { start, end }) => sum + end - start, 0)
  }
  return {
    name,
    broker,
    settings: { MAGASIN_LOG: url, MAGASIN_TOPIC_PREFIX: prefix },
    count,
    async check(records) {
      const found = await count()
      if (found !== records) throw new Error(`the topic holds ${found} records where ${records} were sent`)
    },
    close: () => cluster.close(),
  }
}

/** How our parts are told of a measurement's topic. */
export const topicOn = (broker: string, name: string): KafkaOptions => ({
  brokers: [broker],
  clientId: 'bench',
  topics: shopCatalogue.topics,
  names: { 'user-events': name },
})
