import { recordOf, type EventTables } from './event-table.ts'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { SqlDatabase } from '@magasin/sql/sql-database'

/** Where somebody stands who reads all partitions of a topic: the seq of the last event, by partition. */
export type Places = ReadonlyMap<number, number>

/**
 * The next events of all partitions of a topic, at most so many of each, those of a partition in order: one query for all of them.
 * Since seqs have no holes, the range alone bounds it.
 */
export async function readNextEvents(
  database: SqlDatabase<EventTables>,
  from: { readonly logId: string; readonly topic: string; readonly places: Places; readonly perPartition: number },
): Promise<readonly EventRecord[]> {
  const { logId, topic, places, perPartition } = from
  const rows = await database.reader
    .selectFrom('events')
    .selectAll()
    // The topic in every term: SQLite looks up each of them by the key only where it has all of it, and else reads the whole topic.
    .where((eb) =>
      eb.or(
        [...places].map(([partition, after]) =>
          eb.and([
            eb('topic', '=', topic),
            eb('partition', '=', partition),
            eb('seq', '>', after),
            eb('seq', '<=', after + perPartition),
          ]),
        ),
      ),
    )
    .orderBy('partition')
    .orderBy('seq')
    .execute()
  return rows.map((row) => recordOf(logId, row))
}
