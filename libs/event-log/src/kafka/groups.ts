import type { Cluster } from './cluster.ts'

/** The offsets that a group has committed in a topic, by partition; nothing for those in which it has not. */
export async function committedOffsets(
  cluster: Cluster,
  { group, topic }: { readonly group: string; readonly topic: string },
): Promise<ReadonlyMap<number, number>> {
  const name = cluster.nameOf(topic)
  const found = await cluster.ask(`the group ${group}`, (admin) => admin.listConsumerGroupOffsets({ groups: [group] }))
  const partitions = found[0]?.topics.find((one) => one.name === name)?.partitions ?? []
  return new Map(
    partitions
      .filter(({ committedOffset }) => committedOffset >= 0n)
      .map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)]),
  )
}

/** The groups that the brokers know. */
export async function listGroups(cluster: Cluster): Promise<readonly string[]> {
  return [...(await cluster.ask('the groups', (admin) => admin.listGroups())).keys()].toSorted()
}
