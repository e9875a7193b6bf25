import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { EventTables } from '../../table/event-table.ts'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { temporaryFolder } from '../../../../../tools/testing/temporary-folder.ts'
import { openKafkaLog } from '../../kafka/kafka-log.ts'
import { PartitionReader } from '../../kafka/partition-reader.ts'
import { appendEvents, createEventTables } from '../../testing/event-tables.ts'
import { kafkaTopic } from '../../testing/kafka-topic.ts'
import { openRelay, type Relay, type RelayOptions } from '../relay.ts'

/** An event table, a topic of its own on a broker of tests, and relays between the two. */
export async function relayedStore(t: TestContext, url?: string) {
  const topic = kafkaTopic(t, url)
  const database = openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') })
  const logId = await createEventTables(database)
  const log = openKafkaLog(topic.kafka)
  topic.closeFirst(() => database.close())
  topic.closeFirst(() => log.close())
  const told = { sent: 0, failures: [] as unknown[], recovered: 0 }
  let check = (): void => undefined
  const relay = async (options: Partial<RelayOptions<EventTables>> = {}): Promise<Relay> => {
    const relaying = await openRelay({
      database,
      logId,
      topic: 'member-events',
      kafka: topic.kafka,
      observer: {
        sent: (count) => ((told.sent += count), check()),
        failed: (error) => (told.failures.push(error), check()),
        recovered: () => (told.recovered++, check()),
      },
      ...options,
    })
    topic.closeFirst(() => relaying.stop())
    return relaying
  }
  return {
    ...topic,
    database,
    logId,
    log,
    relay,
    told,
    /** Records so many events in a partition; resolves with them. */
    record: (partition: number, count: number, event: Partial<EventRecord> = {}) =>
      appendEvents(
        database,
        Array.from({ length: count }, () => ({ ...event, logId, partition })),
      ),
    /** Resolves when the condition holds, asked whenever the relay tells something; the test's own time-out is the deadline. */
    until: (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        check = () => condition() && resolve()
        check()
      }),
    /** The seqs of every record of a partition as they lie in the topic, repeats and all; 0 for one that is not ours. */
    async lying(partition: number): Promise<readonly number[]> {
      const reader = new PartitionReader(topic.cluster, 'member-events', partition)
      const { start, end } = (await topic.cluster.offsetsOf('member-events'))[partition]!
      const seqs: number[] = []
      for await (const { found } of reader.pages(start, end)) seqs.push(...found.map(({ record }) => record?.seq ?? 0))
      await reader.close()
      return seqs
    },
    /** What a reader takes of a partition who takes only what is next. */
    async taken(partition: number): Promise<readonly number[]> {
      const seqs: number[] = []
      const snapshot = await log.snapshot('member-events')
      for await (const page of snapshot.read({ partition })) seqs.push(...page.map(({ seq }) => seq))
      return seqs
    },
  }
}
