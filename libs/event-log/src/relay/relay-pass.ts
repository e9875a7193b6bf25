import { setTimeout as delay } from 'node:timers/promises'
import type { EventTables } from '../table/event-table.ts'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Cluster } from '../kafka/cluster.ts'
import { bytesOf, mostBytesPerPartition, type TopicWriter } from '../kafka/topic-writer.ts'
import { readNextEvents } from '../table/next-events.ts'
import { compareBases, compareEnds, headsAfter, type Heads } from './heads.ts'
import { writeMarks, type RelayTables } from './marks.ts'
import type { News } from './news.ts'

export interface RelayPass {
  readonly database: SqlDatabase<EventTables & RelayTables>
  readonly cluster: Cluster
  readonly writer: TopicWriter
  readonly logId: string
  readonly topic: string
  readonly news: News
  /** What the topic holds now. */
  readonly heads: Heads
  /** The broker took so many records. */
  readonly onSent: (count: number) => void
}

// As many events of each partition go in one request: more would only make a repeat longer.
const perPartition = 1_000
// Under a steady load a request carries what was recorded meanwhile. Shorter, and rounds of a few events cost the broker and the
// database (each flushes the marks) a tenth of what a command costs in all; longer, and an event is late.
const restMs = 50
// Events that another process recorded are found within this time.
const pollMs = 250
// A broker that came back with less is noticed within this time, also when there is nothing to send.
const idleCompareMs = 2_000

/**
 * Sends what the table has and the topic has not, in seq order, one request at a time, until `signal` aborts. Rejects when anything is
 * not as it should be (LOG_MOVED, LOG_UNAVAILABLE, STORE_UNAVAILABLE): the next pass begins with what the topic holds then.
 */
export async function relayPass(pass: RelayPass, signal: AbortSignal): Promise<void> {
  const { database, topic } = pass
  let { heads } = pass
  let isMarked = false
  let comparedAt = performance.now()
  let reading = startReading(pass, heads)
  try {
    while (!signal.aborted) {
      const batch = await reading
      // Durable before acted on: what was read may not be on disk yet. The marks of the last batch are a commit of our own, written
      // between reading this one and sending it; where there is nothing to mark, another commit serves.
      if (!isMarked) await writeMarks(database, topic, heads)
      else if (batch.length > 0) await database.settle()
      isMarked = batch.length === 0
      if (batch.length > 0) {
        const next = headsAfter(heads, batch)
        const isFarBehind = batch.length >= perPartition
        if (isFarBehind) reading = startReading(pass, next)
        compareBases(topic, heads, await pass.writer.append(batch))
        heads = next
        comparedAt = performance.now()
        pass.onSent(batch.length)
        if (isFarBehind) continue
        await delay(restMs, undefined, { signal }).catch(() => undefined)
        reading = startReading(pass, heads)
        continue
      }
      if (performance.now() - comparedAt >= idleCompareMs) {
        compareEnds(topic, heads, await pass.cluster.offsetsOf(topic))
        comparedAt = performance.now()
      }
      await pass.news.wait(pollMs, signal)
      reading = startReading(pass, heads)
    }
  } finally {
    // Nothing of a pass is under way when it has ended: the database may be closed then.
    await reading.catch(() => undefined)
  }
}

/** Reads the next batch, perhaps beside other work: should that fail first, somebody still listens to this. */
function startReading(pass: RelayPass, heads: Heads): Promise<readonly EventRecord[]> {
  const reading = readBatch(pass, heads)
  reading.catch(() => undefined)
  return reading
}

/** The next events; of each partition no more than one request carries. */
async function readBatch({ database, logId, topic }: RelayPass, heads: Heads): Promise<readonly EventRecord[]> {
  const places = new Map([...heads].map(([partition, { seq }]) => [partition, seq]))
  const records = await readNextEvents(database, { logId, topic, places, perPartition })
  const bytes = new Map<number, number>()
  return records.filter((record) => {
    const before = bytes.get(record.partition) ?? 0
    bytes.set(record.partition, before + bytesOf(record))
    return before < mostBytesPerPartition
  })
}
