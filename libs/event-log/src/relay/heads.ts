import type { EventTables } from '../table/event-table.ts'
import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Cluster, Offsets } from '../kafka/cluster.ts'
import { OrderedReader } from '../kafka/ordered-reader.ts'
import { PartitionReader } from '../kafka/partition-reader.ts'
import type { Mark } from './marks.ts'

/** What the relay knows of a partition of the topic. */
export interface Head {
  /** The last event that a reader takes who takes only what is next; 0 where there is none. */
  readonly seq: number
  /** Where it lies; -1 where there is none. */
  readonly offset: number
  /** Its id; null where it was not read. */
  readonly id: string | null
  /** The offset that the next record must get. */
  readonly end: number
}

export type Heads = ReadonlyMap<number, Head>

/**
 * Reads the topic as any reader would, taking only what is next: from each partition's mark, where the record at its offset is the one,
 * else from the beginning. Throws LOG_FOREIGN where it holds events of another store.
 */
export async function findHeads(
  cluster: Cluster,
  log: { readonly topic: string; readonly logId: string; readonly marks: ReadonlyMap<number, Mark> },
): Promise<Heads> {
  await cluster.prepare(log.topic)
  const offsets = await cluster.offsetsOf(log.topic)
  const found = offsets.map(
    async (bounds, partition) => [partition, await findHead(cluster, { ...log, partition, bounds })] as const,
  )
  return new Map(await Promise.all(found))
}

async function findHead(
  cluster: Cluster,
  at: {
    readonly topic: string
    readonly partition: number
    readonly logId: string
    readonly marks: ReadonlyMap<number, Mark>
    readonly bounds: Offsets
  },
): Promise<Head> {
  const { topic, partition, logId, marks, bounds } = at
  const reader = new PartitionReader(cluster, topic, partition)
  try {
    const mark = marks.get(partition)
    const isProven = mark !== undefined && (await holds(reader, mark, { logId, bounds }))
    const taker = new OrderedReader({ topic, partition, logId, after: isProven ? mark.seq - 1 : 0 })
    let id: string | null = null
    for await (const page of reader.pages(isProven ? mark.offset : bounds.start, bounds.end))
      id = taker.take(page).at(-1)?.eventId ?? id
    return { seq: taker.last, offset: taker.lastOffset ?? -1, id, end: bounds.end }
  } finally {
    await reader.close()
  }
}

/** Whether the record at a mark's offset is the one that it names. */
async function holds(
  reader: PartitionReader,
  mark: Mark,
  { logId, bounds }: { readonly logId: string; readonly bounds: Offsets },
): Promise<boolean> {
  if (mark.seq === 0 || mark.offset < bounds.start || mark.offset >= bounds.end) return false
  const [first] = (await reader.fetch(mark.offset)).found
  return first?.offset === mark.offset && first.record?.seq === mark.seq && first.record.logId === logId
}

/**
 * Rejects with LOG_DIVERGED unless the store has the same event at the head of each partition: a store that was put back to an earlier
 * copy gives the numbers that the topic knows to other events, which every reader would pass over.
 */
export async function refuseDiverged(
  database: SqlDatabase<EventTables>,
  { topic, heads }: { readonly topic: string; readonly heads: Heads },
): Promise<void> {
  const known = [...heads].filter(([, { seq }]) => seq > 0)
  if (known.length === 0) return
  const rows = await database.reader
    .selectFrom('events')
    .select(['partition', 'event_id'])
    .where('topic', '=', topic)
    .where((eb) =>
      eb.or(known.map(([partition, { seq }]) => eb.and([eb('partition', '=', partition), eb('seq', '=', seq)]))),
    )
    .execute()
  const ids = new Map(rows.map((row) => [row.partition, row.event_id]))
  for (const [partition, { seq, id }] of known)
    if (ids.get(partition) !== id)
      throw new MagasinError(
        'LOG_DIVERGED',
        `${topic} partition ${partition} on the broker holds an event ${seq} that this store does not have: the store was put back to an earlier copy. Give its topic a new name (KAFKA_TOPIC), and its subscribers new databases`,
        { facts: { topic, partition, seq } },
      )
}

/** The heads once a batch has been appended, if nobody else writes. */
export function headsAfter(heads: Heads, batch: readonly EventRecord[]): Heads {
  const after = new Map(heads)
  for (const { partition, seq, eventId: id } of batch) {
    const { end } = after.get(partition)!
    after.set(partition, { seq, offset: end, id, end: end + 1 })
  }
  return after
}

/** Whether a LOG_MOVED says that the broker lost something; else somebody else wrote into the topic, which is no fault of anybody's. */
export function wasShortened({ facts }: MagasinError): boolean {
  return Number(facts['found']) < Number(facts['expected'])
}

/** Throws LOG_MOVED unless the broker put a batch where it had to come to lie. */
export function compareBases(topic: string, heads: Heads, bases: ReadonlyMap<number, number>): void {
  for (const [partition, base] of bases)
    compareEnd(topic, { partition, expected: heads.get(partition)!.end, found: base })
}

/** Throws LOG_MOVED unless every partition ends where the relay left it. */
export function compareEnds(topic: string, heads: Heads, offsets: readonly Offsets[]): void {
  for (const [partition, { end }] of heads)
    compareEnd(topic, { partition, expected: end, found: offsets[partition]?.end ?? 0 })
}

function compareEnd(
  topic: string,
  { partition, expected, found }: { readonly partition: number; readonly expected: number; readonly found: number },
): void {
  if (expected === found) return
  const why =
    found < expected ? 'the broker came back with less than it had acknowledged' : 'somebody else writes into it, too'
  throw new MagasinError(
    'LOG_MOVED',
    `${topic} partition ${partition} goes on at offset ${found} where the relay had left it at ${expected} (${why}): it reads what is there and sends what is missing`,
    { facts: { topic, partition, expected, found } },
  )
}
