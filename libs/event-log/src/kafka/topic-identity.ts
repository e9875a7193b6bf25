import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Cluster, Offsets } from './cluster.ts'
import { PartitionReader } from './reading/partition-reader.ts'

/**
 * Which log a topic carries, as the first record of ours in each partition says; null where there is none.
 * Throws LOG_FOREIGN where two partitions say two things: two stores publish into one topic.
 */
export async function findLogId(cluster: Cluster, topic: string, offsets: readonly Offsets[]): Promise<string | null> {
  const found = await Promise.all(offsets.map((bounds, partition) => firstLogId(cluster, { topic, partition, bounds })))
  const [logId = null, ...others] = new Set(found.filter((one) => one !== null))
  if (others.length > 0)
    throw new MagasinError(
      'LOG_FOREIGN',
      `the topic ${cluster.nameOf(topic)} on the broker holds events of two stores (${logId}, ${others.join(', ')}): give the topic of each store a name of its own (${cluster.namedBy(topic)})`,
    )
  return logId
}

async function firstLogId(
  cluster: Cluster,
  at: { readonly topic: string; readonly partition: number; readonly bounds: Offsets },
): Promise<string | null> {
  const reader = new PartitionReader(cluster, at.topic, at.partition)
  try {
    for await (const { found } of reader.pages(at.bounds.start, at.bounds.end)) {
      const ours = found.find(({ record }) => record !== undefined)
      if (ours?.record !== undefined) return ours.record.logId
    }
    return null
  } finally {
    await reader.close()
  }
}
