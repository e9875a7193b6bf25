import type { Cluster, Offsets } from '../kafka/cluster.ts'
import { OrderedReader } from '../kafka/reading/ordered-reader.ts'
import type { FoundPage } from '../kafka/reading/page.ts'
import { PartitionReader } from '../kafka/reading/partition-reader.ts'
import type { Head, Heads } from './heads.ts'
import type { Mark } from './marks.ts'

/** A topic of the store, to be looked at. */
export interface HeadsRequest {
  readonly topic: string
  readonly logId: string
  /** By partition. */
  readonly marks: ReadonlyMap<number, Mark>
  /** Told how many records were read, page by page. */
  readonly onRead: (count: number) => void
  readonly signal: AbortSignal
}

interface PartitionRequest extends HeadsRequest {
  readonly partition: number
  readonly bounds: Offsets
}

/**
 * Makes a topic if it is not there, and finds the head of each of its partitions as a reader would, who takes only what is next.
 * It reads only what it must: from the mark, if the mark proves true; else from the first record that is still there.
 * Throws LOG_FOREIGN if the topic holds events of another store, TOPIC_PARTITIONS_CHANGED, LOG_UNAVAILABLE.
 */
export async function findHeads(cluster: Cluster, request: HeadsRequest): Promise<Heads> {
  await cluster.prepare(request.topic)
  const offsets = await cluster.offsetsOf(request.topic)
  const found = offsets.map(
    async (bounds, partition) => [partition, await findHead(cluster, { ...request, partition, bounds })] as const,
  )
  return new Map(await Promise.all(found))
}

async function findHead(cluster: Cluster, request: PartitionRequest): Promise<Head> {
  const { topic, partition, bounds, marks, signal } = request
  const mark = marks.get(partition)
  const reader = new PartitionReader(cluster, topic, partition)
  // A fetch under way waits for a broker that may hang.
  const close = () => void reader.close()
  signal.addEventListener('abort', close)
  try {
    return (await readHead(reader, request)) ?? { ...expiredHead(mark, bounds), id: null, end: bounds.end }
  } finally {
    signal.removeEventListener('abort', close)
    await reader.close()
  }
}

/** The head of the records that are there; undefined if none of them is ours. */
async function readHead(reader: PartitionReader, request: PartitionRequest): Promise<Head | undefined> {
  const { topic, partition, logId, bounds, marks, onRead, signal } = request
  const proven = await readFromMark(reader, request)
  let taker: OrderedReader | undefined
  let id: string | null = null
  const take = (page: FoundPage) => {
    signal.throwIfAborted()
    onRead(page.found.length)
    const first = page === proven ? marks.get(partition)!.seq : firstToTake(page, bounds)
    if (taker === undefined && first === undefined) return
    taker ??= new OrderedReader({ topic, partition, logId, after: first! - 1 })
    id = taker.take(page).at(-1)?.eventId ?? id
  }
  if (proven !== undefined) take(proven)
  for await (const page of reader.pages(proven?.next ?? bounds.start, bounds.end)) take(page)
  return taker && { seq: taker.last, offset: taker.lastOffset ?? -1, id, end: bounds.end }
}

/** The page that begins at the mark, if its first record is the one that the mark names; else undefined. */
async function readFromMark(reader: PartitionReader, request: PartitionRequest): Promise<FoundPage | undefined> {
  const { bounds, logId, marks, partition } = request
  const mark = marks.get(partition)
  if (mark === undefined || mark.offset < bounds.start || mark.offset >= bounds.end) return undefined
  const page = await reader.fetch(mark.offset)
  const found = page.found.filter(({ offset }) => offset < bounds.end)
  const [first] = found
  const isProven = first?.offset === mark.offset && first.record?.seq === mark.seq && first.record.logId === logId
  return isProven ? { ...page, found } : undefined
}

/**
 * With which event a reader begins who reads from the first record on. What retention removed before it was sent in order, up to the
 * event before the first one that is left: it is not sent again. In a partition of which nothing was removed, that is event 1.
 */
function firstToTake({ found }: FoundPage, { start }: Offsets): number | undefined {
  if (start === 0) return 1
  return found.find(({ record }) => record !== undefined)?.record?.seq
}

/**
 * The head of a partition that holds no event of ours. If the mark's record was removed with all others, the mark still holds.
 * A mark at or beyond the end proves nothing: the broker lost what it names.
 */
function expiredHead(mark: Mark | undefined, { start }: Offsets): Mark {
  return mark !== undefined && mark.offset < start ? mark : { seq: 0, offset: -1 }
}
