import { cooperativeStickyAssigner, type GroupPartitionsAssigner } from '@platformatic/kafka'

/**
 * Divides the partitions of every topic that any member reads; a member gets only partitions of topics that it reads itself.
 * The client library gives the assigner the leader's topics alone: in a rolling upgrade that brings a topic nobody would read the others.
 */
// oxlint-disable-next-line max-params -- the library calls it
export const unionAssigner: GroupPartitionsAssigner = (leader, members, _topicsOfLeader, metadata) => {
  const topics = new Set([...members.values()].flatMap((member) => member.topics ?? []))
  return cooperativeStickyAssigner(leader, members, topics, metadata)
}
