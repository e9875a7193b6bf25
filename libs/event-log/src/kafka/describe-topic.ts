import type { GroupDescription, PartitionDescription } from '../event-log.ts'
import type { Cluster, Offsets } from './cluster.ts'
import { committedOffsets, listGroups } from './groups.ts'
import { NextTaker } from './next-taker.ts'
import { PartitionReader } from './partition-reader.ts'

/**
 * Reads a whole partition and says what it holds. Nothing less would do: the last record may be a repeat, and only who reads all of
 * them knows that none is missing.
 */
export async function describePartition(
  cluster: Cluster,
  at: {
    readonly topic: string
    readonly partition: number
    readonly logId: string | null
    readonly bounds: Offsets
  },
): Promise<PartitionDescription> {
  const { topic, partition, logId, bounds } = at
  const reader = new PartitionReader(cluster, topic, partition)
  let taker: NextTaker | undefined
  let foreign = 0
  try {
    for await (const page of reader.pages(bounds.start, bounds.end)) {
      const floor = page.found.find(({ record }) => record !== undefined)?.record?.seq
      if (taker === undefined && floor !== undefined)
        taker = new NextTaker({ topic, partition, logId, after: floor - 1 })
      if (taker === undefined) foreign += page.found.length
      else taker.take(page)
    }
  } finally {
    await reader.close()
  }
  const first = taker === undefined ? 1 : taker.first
  return {
    partition,
    floor: first,
    end: taker?.highest ?? 0,
    gapAt: taker?.isAtHole === true ? taker.last + 1 : null,
    foreign: foreign + (taker?.foreign ?? 0),
  }
}

/** How far the groups are that have committed an offset in a topic: the seq of the last of our records before it. */
export async function describeGroups(
  cluster: Cluster,
  { topic, partitions }: { readonly topic: string; readonly partitions: readonly PartitionDescription[] },
): Promise<readonly GroupDescription[]> {
  const described: GroupDescription[] = []
  for (const group of await listGroups(cluster)) {
    const committed = await committedOffsets(cluster, { group, topic })
    if (committed.size === 0) continue
    const places = partitions.map(async ({ partition, end, gapAt }) => {
      const position = await seqBefore(cluster, { topic, partition, offset: committed.get(partition) ?? 0 })
      return { partition, position, lag: end - position, gapAt: gapAt === position + 1 ? gapAt : null }
    })
    described.push({ group, partitions: await Promise.all(places) })
  }
  return described
}

// Records of others between two of ours: more than these, and the position is not found.
const lookBack = 1_000

/** The seq of the last record of ours before an offset, 0 where none is near. */
async function seqBefore(
  cluster: Cluster,
  { topic, partition, offset }: { readonly topic: string; readonly partition: number; readonly offset: number },
): Promise<number> {
  if (offset === 0) return 0
  const reader = new PartitionReader(cluster, topic, partition)
  try {
    let seq = 0
    for await (const { found } of reader.pages(Math.max(0, offset - lookBack), offset))
      seq = found.findLast(({ record }) => record !== undefined)?.record?.seq ?? seq
    return seq
  } finally {
    await reader.close()
  }
}
