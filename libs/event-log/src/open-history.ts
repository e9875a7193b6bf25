import type { EventRecord } from '@magasin/contracts/event-record'
import type { EventLog } from './event-log.ts'

/** The history of a topic, from its first event to its end as it was when it was opened. */
export interface History {
  /** Identity of the log; null where nothing was ever recorded. */
  readonly logId: string | null
  readonly partitions: readonly number[]
  /** The most events that there are to read. */
  readonly total: number
  /** The events in the order of commands, in pages; throws LOG_GAP where one is missing. */
  pages(): AsyncIterable<readonly EventRecord[]>
}

// Large enough that the work between pages does not count, small enough to keep some hundred kB in memory.
const pageSize = 1_000

/**
 * Opens the whole history of a topic. The end is fixed here: what is recorded later is not part of it.
 * With `floor` it begins at the first event that is still there, in every partition: it may then not be complete.
 */
export async function openHistory(
  log: EventLog,
  topic: string,
  { from = 'beginning' }: { readonly from?: 'beginning' | 'floor' } = {},
): Promise<History> {
  const snapshot = await log.snapshot(topic)
  const { logId, partitions, total } = snapshot
  const after = from === 'floor' ? 'floor' : 0
  return {
    logId,
    partitions,
    total,
    pages: () => inCommitOrder(partitions.map((partition) => snapshot.read({ partition, after }))),
  }
}

/**
 * Merges partitions into the order in which things happened. Command numbers never fall within a partition, so the least of the
 * first records is always the next: a k-way merge (Knuth, TAOCP 3, 5.4.1) that holds one page of each.
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
  /** Moves to the record after; a promise only where a page has to be read for it. */
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
