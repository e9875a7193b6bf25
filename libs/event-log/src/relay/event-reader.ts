import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'
import { bytesBesideTexts, mostBytesPerPartition, type PartitionBatch } from '../kafka/writing/batch-writer.ts'
import type { RecordedEnds } from '../recorded-ends.ts'
import { recordOf, type EventTables } from '../table/event-table.ts'
import { chooseRows } from './choose-rows.ts'
import type { HeadsByTopic } from './heads.ts'
import type { KnownEnds } from './known-ends.ts'

/** The next events of a partition, as they were read. */
export interface ReadBatch extends PartitionBatch {
  /** The seq of the head after which they come. */
  readonly after: number
}

/** What one reading found. */
export interface ReadEvents {
  readonly batches: readonly ReadBatch[]
  /** The table is known to hold more than that. */
  readonly isMore: boolean
}

const nothing: ReadEvents = { batches: [], isMore: false }

/** The events of one partition that are asked for: those after `after`, up to `upTo`. */
interface Range {
  readonly topic: string
  readonly partition: number
  readonly after: number
  readonly upTo: number
}

type EventRow = EventTables['events']

/** A row whose value may be left out, and what the event takes of a request. */
export type SizedRow = Omit<EventRow, 'value'> & { readonly value: string | null; readonly bytes: number }

// What a turn of the relay holds in memory, whatever the size of the events. Smaller, and small events wait for more turns.
const mostBytes = 8_000_000
// What is longer is left out at first, and read only if it has room: most events are shorter, and come with the first query.
const inlineBytes = 2_048
// More in one request would only make a repeat longer.
const mostRowsPerPartition = 1_000
const mostRows = 8_000
const firstRows = 500
const fewestRows = 32

/**
 * Reads the next events of all partitions that have some, in seq order: a query for the ends, one for the events that are there, and
 * one more if some of them are long. The first two run side by side as far as ends are known. Its memory is bounded in bytes, and what
 * it asks for follows from the sizes that it has seen.
 */
export class EventReader {
  readonly #database: SqlDatabase<EventTables>
  readonly #logId: string
  /** How many rows fit into `mostBytes`, as far as it knows. */
  #rows = firstRows

  constructor(database: SqlDatabase<EventTables>, logId: string) {
    this.#database = database
    this.#logId = logId
  }

  /** The next events after these heads, as far as their ends are known; if none are, as far as the table holds some. */
  async read(heads: HeadsByTopic, known: KnownEnds): Promise<ReadEvents> {
    if (heads.size === 0) return nothing
    // Anew each time: as long as one topic has a backlog, nothing else would be seen of the others.
    const looking = this.#readEnds([...heads.keys()]).then((ends) => known.saw(ends))
    const isTold = partitionsBehind(heads, known).length > 0
    const reading = isTold ? this.#readUpTo(heads, known) : looking.then(() => this.#readUpTo(heads, known))
    const [found] = await Promise.all([reading, looking])
    return found
  }

  async #readUpTo(heads: HeadsByTopic, known: KnownEnds): Promise<ReadEvents> {
    const behind = partitionsBehind(heads, known)
    if (behind.length === 0) return nothing
    const perPartition = Math.max(1, Math.min(mostRowsPerPartition, Math.floor(this.#rows / behind.length)))
    const ranges = behind.map((range) => ({ ...range, upTo: Math.min(range.upTo, range.after + perPartition) }))
    const rows = await this.#readRows(ranges)
    if (rows.length === 0) return nothing
    this.#learnFrom(rows)
    const chosen = chooseRows(rows, { mostBytes, mostBytesPerPartition })
    const isMore = countOf(chosen) < rows.length || behind.some(({ upTo }, i) => upTo > ranges[i]!.upTo)
    const batches = (await this.#withLongValues(chosen)).map((some) => this.#batchOf(heads, some))
    return { batches, isMore }
  }

  async #readEnds(topics: readonly string[]): Promise<RecordedEnds> {
    const query = this.#database.reader.selectFrom('partition_counters').selectAll()
    const rows = await query.where('topic', 'in', topics).execute()
    const byTopic = Map.groupBy(rows, ({ topic }) => topic)
    return new Map(
      [...byTopic].map(([topic, some]) => [topic, new Map(some.map((row) => [row.partition, row.last_seq]))]),
    )
  }

  async #readRows(ranges: readonly Range[]): Promise<readonly SizedRow[]> {
    const short = sql<string | null>`case when octet_length(value) <= ${sql.lit(inlineBytes)} then value end`
    const rows = await this.#select(ranges)
      .select(['topic', 'partition', 'seq', 'command_no', 'command_index', 'event_id', 'type', 'stream'])
      .select(['stream_version', 'schema_version', 'time', 'caused_by', 'traceparent'])
      .select([short.as('value'), recordBytes.as('bytes')])
      .execute()
    return rows
  }

  #select(ranges: readonly Range[]) {
    return (
      this.#database.reader
        .selectFrom('events')
        // The topic in every term: SQLite looks up each of them by the key only if it has all of it, and else reads the whole topic.
        .where((eb) =>
          eb.or(
            ranges.map(({ topic, partition, after, upTo }) =>
              eb.and([
                eb('topic', '=', topic),
                eb('partition', '=', partition),
                eb('seq', '>', after),
                eb('seq', '<=', upTo),
              ]),
            ),
          ),
        )
        .orderBy('topic')
        .orderBy('partition')
        .orderBy('seq')
    )
  }

  /** The same rows with the values that were left out. */
  async #withLongValues(chosen: readonly (readonly SizedRow[])[]): Promise<readonly (readonly EventRow[])[]> {
    const ranges = chosen.flatMap((rows) => {
      const long = rows.filter((row) => !isWhole(row))
      if (long.length === 0) return []
      const { topic, partition, seq } = long[0]!
      return [{ topic, partition, after: seq - 1, upTo: long.at(-1)!.seq }]
    })
    const isLong = sql<boolean>`octet_length(value) > ${sql.lit(inlineBytes)}`
    const long = ranges.length === 0 ? [] : await this.#select(ranges).select('value').where(isLong).execute()
    // Both queries are in the same order.
    const values = long.values()
    const whole = (row: SizedRow): EventRow => (isWhole(row) ? row : { ...row, value: values.next().value!.value })
    return chosen.map((rows) => rows.map(whole))
  }

  #learnFrom(rows: readonly SizedRow[]): void {
    const usual = rows.reduce((sum, { bytes }) => sum + bytes, 0) / rows.length
    this.#rows = Math.max(fewestRows, Math.min(mostRows, 4 * this.#rows, Math.ceil(mostBytes / usual)))
  }

  #batchOf(heads: HeadsByTopic, rows: readonly EventRow[]): ReadBatch {
    const { topic, partition } = rows[0]!
    const after = heads.get(topic)!.get(partition)!.seq
    return { topic, partition, after, records: rows.map((row) => recordOf(this.#logId, row)) }
  }
}

/** `bytesOf` a record, as the database can say it. */
const recordBytes = sql<number>`octet_length(value) + 2 * octet_length(stream) + octet_length(type)
  + coalesce(octet_length(traceparent), 0) + ${sql.lit(bytesBesideTexts)}`

const isWhole = (row: SizedRow): row is SizedRow & EventRow => row.value !== null

function partitionsBehind(heads: HeadsByTopic, known: KnownEnds): readonly Range[] {
  return [...heads].flatMap(([topic, ofTopic]) =>
    [...ofTopic].flatMap(([partition, { seq: after }]) => {
      const upTo = known.endOf(topic, partition)
      return upTo > after ? [{ topic, partition, after, upTo }] : []
    }),
  )
}

const countOf = (chosen: readonly (readonly SizedRow[])[]): number =>
  chosen.reduce((sum, { length }) => sum + length, 0)
