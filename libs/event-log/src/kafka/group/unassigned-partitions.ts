import type { PartitionRef } from '../../event-log.ts'
import type { Cluster } from '../cluster.ts'

/**
 * The partitions of topics that no member of a group reads; none as long as the group divides them.
 * There are such if the group's leader is a program that divides its own topics only.
 */
export async function unassignedPartitions(
  cluster: Cluster,
  { group, topics }: { readonly group: string; readonly topics: readonly string[] },
): Promise<readonly PartitionRef[]> {
  const groups = await cluster.ask(`the group ${group}`, (admin) => admin.describeGroups({ groups: [group] }))
  const found = groups.get(group)
  if (found === undefined || found.state !== 'Stable') return []
  const assigned = new Set<string>()
  for (const { assignments } of found.members.values())
    for (const { topic, partitions } of assignments?.values() ?? [])
      for (const partition of partitions) assigned.add(`${topic}/${partition}`)
  return topics.flatMap((topic) =>
    Array.from({ length: cluster.definitionOf(topic).partitions }, (_, partition) => ({ topic, partition })).filter(
      ({ partition }) => !assigned.has(`${cluster.nameOf(topic)}/${partition}`),
    ),
  )
}
