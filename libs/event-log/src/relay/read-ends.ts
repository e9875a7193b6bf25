import type { MagasinError } from '@magasin/contracts/magasin-error'
import { ListOffsetTimestamps } from '@platformatic/kafka'
import type { Cluster } from '../kafka/cluster.ts'

export interface FoundEnd {
  readonly topic: string
  readonly partition: number
  /** The offset that the next record will get. */
  readonly end: number
}

export interface FoundEnds {
  readonly ends: readonly FoundEnd[]
  /** LOG_UNAVAILABLE for each topic that does not say where it ends. */
  readonly failures: ReadonlyMap<string, MagasinError>
}

/** Where the partitions of several topics end: one request for all of them, and one for each if that fails, since one may be the reason. */
export async function readEnds(cluster: Cluster, topics: readonly string[]): Promise<FoundEnds> {
  if (topics.length === 0) return { ends: [], failures: new Map() }
  try {
    return { ends: await endsOf(cluster, topics), failures: new Map() }
  } catch {
    const failures = new Map<string, MagasinError>()
    const found = topics.map((topic) =>
      endsOf(cluster, [topic]).catch((fault: MagasinError) => {
        failures.set(topic, fault)
        return []
      }),
    )
    return { ends: (await Promise.all(found)).flat(), failures }
  }
}

async function endsOf(cluster: Cluster, topics: readonly string[]): Promise<readonly FoundEnd[]> {
  const asked = topics.map((topic) => ({
    name: cluster.nameOf(topic),
    partitions: Array.from({ length: cluster.definitionOf(topic).partitions }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: ListOffsetTimestamps.LATEST,
    })),
  }))
  const topicOf = new Map(topics.map((topic) => [cluster.nameOf(topic), topic]))
  const listed = await cluster.ask('where the topics end', (admin) => admin.listOffsets({ topics: asked }))
  return listed.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, offset }) => ({
      topic: topicOf.get(name)!,
      partition: partitionIndex,
      end: Number(offset),
    })),
  )
}
