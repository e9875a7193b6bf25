import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog, PartitionRef, TopicSnapshot } from './event-log.ts'

/** The history of one or more topics of a store, from the first event to the end as it was when it was opened. */
export interface History {
  /** Identity of the log; null while it is empty and cannot tell. */
  readonly logId: string | null
  /** The partitions that are read. */
  readonly partitions: readonly PartitionRef[]
  /** The most events that there are to read. */
  readonly total: number
  /** The events in the order in which they happened, in pages; throws LOG_GAP if one is missing. */
  pages(): AsyncIterable<readonly EventRecord[]>
}

// Large enough that the work between pages does not count, small enough to keep some hundred kB in memory.
const pageSize = 1_000
// Of all partitions together: each has a page in memory, and a store of many topics has many partitions.
const maxHeldRecords = 8_000

/**
 * Opens the whole history of topics of one store, in the order of its commands, and within a command in the order of its events.
 * The end is fixed here: what is recorded later is not part of it. Read from an event table it ends with a whole command; on brokers each
 * partition ends where it is by then, so the last commands may be in it in part.
 * With `floor` it begins at the first event that is still there, in every partition: it may then not be complete.
 * Throws LOG_FOREIGN if the topics are of different stores: each store numbers its own commands, and clocks prove no order.
 */
export async function openHistory(
  log: EventLog,
  topics: readonly string[],
  { from = 'beginning' }: { readonly from?: 'beginning' | 'floor' } = {},
): Promise<History> {
  const snapshots = await log.snapshots(topics)
  const after = from === 'floor' ? 'floor' : 0
  const all = snapshots.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
  const most = Math.max(100, Math.min(pageSize, Math.floor(maxHeldRecords / Math.max(1, all.length))))
  return {
    logId: commonLogId(snapshots),
    partitions: all,
    total: snapshots.reduce((sum, { total }) => sum + total, 0),
    pages: () =>
      inCommitOrder(
        snapshots.flatMap(({ partitions, read }) =>
          partitions.map((partition) => read({ partition, after, pageSize: most })),
        ),
      ),
  }
}

function commonLogId(snapshots: readonly TopicSnapshot[]): string | null {
  const [first, ...others] = snapshots.filter(({ logId }) => logId !== null)
  const other = others.find(({ logId }) => logId !== first?.logId)
  if (other !== undefined)
    throw new MagasinError(
      'LOG_FOREIGN',
      `${first!.topic} is of the store ${first!.logId}, and ${other.topic} of the store ${other.logId}: events of two stores have no common order, so read the history of each by itself`,
    )
  return first?.logId ?? null
}

/**
 * Merges partitions into the order in which things happened. `(commandNo, commandIndex)` never falls within a partition, so the least of
 * the first records is always the next: a k-way merge (Knuth, TAOCP 3, 5.4.1) that holds one page of each.
 */
async function* inCommitOrder(
  partitions: readonly AsyncIterable<readonly EventRecord[]>[],
): AsyncGenerator<readonly EventRecord[]> {
  const cursors = partitions.map(createCursor)
  try {
    await Promise.all(cursors.map((cursor) => cursor.turn()))
    let page: EventRecord[] = []
    for (;;) {
      const least = cursors.reduce<Cursor | undefined>((a, b) => (comesFirst(a?.head, b.head) ? a : b), undefined)
      if (least?.head === undefined) break
      page.push(least.head)
      const next = least.advance()
      if (next !== undefined) await next
      if (page.length === pageSize) {
        yield page
        page = []
      }
    }
    if (page.length > 0) yield page
  } finally {
    // One that fails, or a reader who stops early, leaves the others open.
    await Promise.allSettled(cursors.map((cursor) => cursor.close()))
  }
}

function comesFirst(a: EventRecord | undefined, b: EventRecord | undefined): boolean {
  if (a === undefined || b === undefined) return b === undefined
  return a.commandNo === b.commandNo ? a.commandIndex < b.commandIndex : a.commandNo < b.commandNo
}

interface Cursor {
  /** The next record, undefined at the end. */
  head: EventRecord | undefined
  /** Reads the next page. */
  turn(): Promise<void>
  /** Moves to the next record; a promise only if a page has to be read for it. */
  advance(): Promise<void> | undefined
  close(): Promise<unknown>
}

function createCursor(pages: AsyncIterable<readonly EventRecord[]>): Cursor {
  const iterator = pages[Symbol.asyncIterator]()
  let page: readonly EventRecord[] = []
  let at = 0
  const cursor: Cursor = {
    head: undefined,
    async turn() {
      const { value } = await iterator.next()
      page = value ?? []
      at = 0
      cursor.head = page[0]
    },
    advance() {
      at++
      if (at === page.length) return cursor.turn()
      cursor.head = page[at]
      return undefined
    },
    close: async () => iterator.return?.(),
  }
  return cursor
}
