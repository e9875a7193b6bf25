import type { EventTables } from '@magasin/event-log/event-table'
import type { EventLog } from '@magasin/event-log/event-log'
import { republish, type RepublishRequest } from '@magasin/event-log/republish'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { createProgressBar } from '../../output/progress-bar.ts'
import { untilInterrupted } from '../../until-interrupted.ts'

export interface RepublishTopicRequest extends Pick<RepublishRequest, 'kafka' | 'topic' | 'from'> {
  readonly database: SqlDatabase<EventTables>
  /** The log that is this database. */
  readonly table: EventLog
  readonly partitions: readonly number[]
}

/** Republishes partition by partition, with a bar; resolves with how many events each got. */
export async function republishTopic(
  request: RepublishTopicRequest,
): Promise<readonly { readonly partition: number; readonly count: number }[]> {
  const { database, table, kafka, topic, from, partitions } = request
  const ends = await database.reader.selectFrom('partition_counters').selectAll().where('topic', '=', topic).execute()
  const wanted = ends.filter(({ partition }) => partitions.includes(partition))
  const bar = createProgressBar(
    'republishing',
    wanted.reduce((sum, { last_seq }) => sum + Math.max(0, last_seq - from + 1), 0),
  )
  // Durable before acted on: what the snapshot holds may not be on disk yet, and what is published cannot be taken back.
  const settled = { snapshot: (name: typeof topic) => table.snapshot(name).finally(() => database.settle()) }
  const appended: { partition: number; count: number }[] = []
  let before = 0
  await untilInterrupted(async (signal) => {
    for (const partition of partitions) {
      const onProgress = (sent: number) => bar.at(before + sent)
      const count = await republish({ table: settled, kafka, topic, from, partition, signal, onProgress })
      appended.push({ partition, count })
      before += count
    }
  })
  bar.end()
  return appended
}
