import type { GroupDescription, PartitionDescription } from '../event-log.ts'
import type { Cluster, Offsets } from './cluster.ts'
import { committedOffsets, listGroups } from './group/groups.ts'
import { OrderedReader } from './reading/ordered-reader.ts'
import { PartitionReader } from './reading/partition-reader.ts'

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
  let ordered: OrderedReader | undefined
  let unrecognised = 0
  try {
    for await (const page of reader.pages(bounds.start, bounds.end)) {
      const floor = page.found.find(({ record }) => record !== undefined)?.record?.seq
      if (ordered === undefined && floor !== undefined)
        ordered = new OrderedReader({ topic, partition, logId, after: floor - 1 })
      if (ordered === undefined) unrecognised += page.found.length
      else ordered.take(page)
    }
  } finally {
    await reader.close()
  }
  const first = ordered === undefined ? 1 : ordered.first
  return {
    partition,
    floor: first,
    end: ordered?.highest ?? 0,
    gapAt: ordered?.isAtGap === true ? ordered.last + 1 : null,
    unrecognised: unrecognised + (ordered?.unrecognised ?? 0),
  }
}

/** How far the groups are that have committed an offset in a topic: the seq of the last of our records before it. */
export async function describeGroups(
  cluster: Cluster,
  { topic, partitions }: { readonly topic: string; readonly partitions: readonly PartitionDescription[] },
): Promise<readonly GroupDescription[]> {
  const described: GroupDescription[] = []
  for (const group of await listGroups(cluster)) {
    const committed = (await committedOffsets(cluster, group)).get(cluster.nameOf(topic))
    if (committed === undefined || committed.size === 0) continue
    const ofPartitions = partitions.map(async ({ partition, end, gapAt }) => {
      const seq = await seqBefore(cluster, { topic, partition, offset: committed.get(partition) ?? 0 })
      return { topic, partition, seq, lag: end - seq, gapAt: gapAt === seq + 1 ? gapAt : null }
    })
    described.push({ group, partitions: await Promise.all(ofPartitions) })
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
