import { MagasinError } from '@magasin/contracts/magasin-error'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Cluster } from '../kafka/cluster.ts'
import type { EventTables } from '../table/event-table.ts'
import type { Heads } from './heads.ts'

/**
 * Rejects with LOG_DIVERGED unless the store has the same event at the head of each partition. A store that was put back to an earlier
 * copy gives the numbers that the topic knows to other events, and every reader would pass over them.
 */
export async function refuseDivergedTopic(
  database: SqlDatabase<EventTables>,
  { cluster, topic, heads }: { readonly cluster: Cluster; readonly topic: string; readonly heads: Heads },
): Promise<void> {
  const known = [...heads].filter(([, { seq }]) => seq > 0)
  if (known.length === 0) return
  const rows = await database.reader
    .selectFrom('events')
    .select(['partition', 'event_id'])
    .where((eb) =>
      eb.or(
        known.map(([partition, { seq }]) =>
          eb.and([eb('topic', '=', topic), eb('partition', '=', partition), eb('seq', '=', seq)]),
        ),
      ),
    )
    .execute()
  const ids = new Map(rows.map((row) => [row.partition, row.event_id]))
  for (const [partition, { seq, id }] of known) {
    const stored = ids.get(partition)
    // The id of an event that retention removed is not known: that the store has the number must do.
    if (stored === undefined || (id !== null && stored !== id))
      throw new MagasinError(
        'LOG_DIVERGED',
        `${topic} partition ${partition} on the broker holds an event ${seq} that this store does not have: the store was put back to an earlier copy. Give the topic another name on the broker (${cluster.namedBy(topic)}), and its subscribers new databases: every effect is then done again`,
        { facts: { topic, partition, seq } },
      )
  }
}
