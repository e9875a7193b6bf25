import type { EventRecord } from '@magasin/contracts/event-record'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { PartitionRef } from '../event-log.ts'
import type { Coordinates } from '../take-in-order.ts'
import { recordOf, type EventTables } from './event-table.ts'

/** Where the partitions of a topic end, by partition. */
export type Ends = ReadonlyMap<number, number>

/** Records of one partition after `after`, in order, up to a seq and a number of them. */
export interface PageRequest extends PartitionRef {
  readonly after: number
  readonly upTo?: number
  readonly limit: number
}

/** The event table as readers see it: one query for each question. */
export class EventTableReader {
  readonly #database: SqlDatabase<EventTables>
  readonly logId: string

  constructor(database: SqlDatabase<EventTables>, logId: string) {
    this.#database = database
    this.logId = logId
  }

  /** Where topics end, by name; of all topics by default. Nothing for a topic that the store does not have. */
  async ends(topics?: readonly string[]): Promise<ReadonlyMap<string, Ends>> {
    const query = this.#database.reader.selectFrom('partition_counters').selectAll()
    const rows = await (topics === undefined ? query : query.where('topic', 'in', topics)).execute()
    const ends = new Map<string, Map<number, number>>()
    for (const { topic, partition, last_seq } of rows) {
      const ofTopic = ends.get(topic) ?? new Map<number, number>()
      ends.set(topic, ofTopic.set(partition, last_seq))
    }
    return ends
  }

  async page({ topic, partition, after, upTo, limit }: PageRequest): Promise<readonly EventRecord[]> {
    const query = this.#database.reader.selectFrom('events').selectAll().where('topic', '=', topic)
    const begun = query.where('partition', '=', partition).where('seq', '>', after)
    const range = upTo === undefined ? begun : begun.where('seq', '<=', upTo)
    const rows = await range.orderBy('seq').limit(limit).execute()
    return rows.map((row) => recordOf(this.logId, row))
  }

  /** The first seq that is there; null if none is. */
  async floor({ topic, partition }: PartitionRef): Promise<number | null> {
    const query = this.#database.reader.selectFrom('events').select((eb) => eb.fn.min('seq').as('floor'))
    const row = await query.where('topic', '=', topic).where('partition', '=', partition).executeTakeFirst()
    return (row?.floor as number | null | undefined) ?? null
  }

  async count({ topic, partition }: PartitionRef): Promise<number> {
    const query = this.#database.reader.selectFrom('events').select((eb) => eb.fn.countAll<number>().as('count'))
    const ofPartition = query.where('topic', '=', topic).where('partition', '=', partition)
    return Number((await ofPartition.executeTakeFirstOrThrow()).count)
  }

  /** The ids of events, in the order asked for; undefined for one that is not there. */
  async eventIds(wanted: readonly Coordinates[]): Promise<readonly (string | undefined)[]> {
    if (wanted.length === 0) return []
    const rows = await this.#database.reader
      .selectFrom('events')
      .select(['topic', 'partition', 'seq', 'event_id'])
      .where((eb) =>
        eb.or(
          wanted.map(({ topic, partition, seq }) =>
            eb.and([eb('topic', '=', topic), eb('partition', '=', partition), eb('seq', '=', seq)]),
          ),
        ),
      )
      .execute()
    const ids = new Map(rows.map((row) => [key(row), row.event_id]))
    return wanted.map((one) => ids.get(key(one)))
  }

  /** Resolves when what was read is on disk: an engine may show a commit before that. */
  settle(): Promise<void> {
    return this.#database.settle()
  }

  check(): Promise<void> {
    return this.#database.check()
  }
}

const key = ({ topic, partition, seq }: Coordinates): string => `${topic}/${partition}/${seq}`
