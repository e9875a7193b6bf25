import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { EventTables } from '../../table/event-table.ts'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { temporaryFolder } from '../../../../../tools/testing/temporary-folder.ts'
import { openKafkaLog } from '../../kafka/kafka-log.ts'
import { PartitionReader } from '../../kafka/reading/partition-reader.ts'
import { appendEvents, createEventTables } from '../../testing/event-tables.ts'
import { kafkaTopic } from '../../testing/kafka-topic.ts'
import { openRelay, type Relay, type RelayOptions } from '../relay.ts'

type OpenDatabase = (t: TestContext) => SqlDatabase<EventTables> | Promise<SqlDatabase<EventTables>>

const openOnSqlite: OpenDatabase = (t) => openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') })

/** An event table, topics of its own on a broker of tests, and relays between the two. */
export async function relayedStore(t: TestContext, url?: string, open: OpenDatabase = openOnSqlite) {
  const topic = kafkaTopic(t, url)
  const database = await open(t)
  const logId = await createEventTables(database)
  const log = openKafkaLog(topic.kafka)
  topic.closeFirst(() => database.close())
  topic.closeFirst(() => log.close())
  const told = {
    sent: 0,
    sentTo: new Map<string, number>(),
    /** Records that were read on the broker to find where topics stand. */
    looked: 0,
    failures: [] as unknown[],
    failed: [] as (string | null)[],
    recovered: 0,
  }
  let check = (): void => undefined
  const relay = async (options: Partial<RelayOptions<EventTables>> = {}): Promise<Relay> => {
    const relaying = await openRelay({
      database,
      logId,
      topics: ['member-events'],
      kafka: topic.kafka,
      observer: {
        sent(to, count) {
          told.sent += count
          told.sentTo.set(to, (told.sentTo.get(to) ?? 0) + count)
          check()
        },
        failed(of, error) {
          told.failures.push(error)
          told.failed.push(of)
          check()
        },
        recovered: () => (told.recovered++, check()),
        looked: (_, count) => (told.looked += count),
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
    async lying(partition: number, of = 'member-events'): Promise<readonly number[]> {
      const reader = new PartitionReader(topic.cluster, of, partition)
      const { start, end } = (await topic.cluster.offsetsOf(of))[partition]!
      const seqs: number[] = []
      for await (const { found } of reader.pages(start, end)) seqs.push(...found.map(({ record }) => record?.seq ?? 0))
      await reader.close()
      return seqs
    },
    /** What a reader takes of a partition that takes only what is next. */
    async taken(partition: number): Promise<readonly number[]> {
      const seqs: number[] = []
      const snapshot = await log.snapshot('member-events')
      for await (const page of snapshot.read({ partition })) seqs.push(...page.map(({ seq }) => seq))
      return seqs
    },
  }
}
