import type { Cluster } from '../cluster.ts'

/** Offsets by the topic's name on the broker, then by partition. */
export type CommittedOffsets = ReadonlyMap<string, ReadonlyMap<number, number>>

/** The offsets that a group has committed, in all its topics; nothing for partitions in which it has not. */
export async function committedOffsets(cluster: Cluster, group: string): Promise<CommittedOffsets> {
  const found = await cluster.ask(`the group ${group}`, (admin) => admin.listConsumerGroupOffsets({ groups: [group] }))
  const ofPartitions = (partitions: readonly { partitionIndex: number; committedOffset: bigint }[]) =>
    new Map(
      partitions
        .filter(({ committedOffset }) => committedOffset >= 0n)
        .map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)]),
    )
  return new Map(found[0]?.topics.map(({ name, partitions }) => [name, ofPartitions(partitions)]))
}

/** The groups that the brokers know. */
export async function listGroups(cluster: Cluster): Promise<readonly string[]> {
  return [...(await cluster.ask('the groups', (admin) => admin.listGroups())).keys()].toSorted()
}
