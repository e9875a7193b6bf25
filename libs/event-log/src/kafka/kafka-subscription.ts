import type { GroupDescription, LogSubscription, SubscribeRequest } from '../event-log.ts'
import type { Cluster } from './cluster.ts'
import { GroupMembership } from './group-membership.ts'
import { committedOffsets } from './groups.ts'
import { PartitionFollower } from './partition-follower.ts'

/** One member of a group: follows the partitions that the group gave it, each by itself, so that one that cannot go on holds up no other. */
export class KafkaSubscription implements LogSubscription {
  readonly #cluster: Cluster
  readonly #request: SubscribeRequest
  readonly #membership: GroupMembership
  readonly #followers = new Map<number, PartitionFollower>()
  /** Followers whose partition went to another member finish what they are at before the partition can come back. */
  readonly #leaving = new Map<number, Promise<void>>()
  #assigned: ReadonlySet<number> = new Set()
  #foreign = 0

  constructor(cluster: Cluster, request: SubscribeRequest) {
    this.#cluster = cluster
    this.#request = request
    const { group, topic, onFault, onRecovery } = request
    this.#membership = new GroupMembership({
      cluster,
      group,
      topic,
      onAssigned: (partitions) => this.#assign(partitions),
      onFault: (fault) => onFault(fault, null),
      onRecovery: () => onRecovery(null),
    })
    this.#membership.start()
  }

  describe(): GroupDescription {
    const partitions = [...this.#followers.values()].map((follower) => follower.describe())
    return { group: this.#request.group, partitions: partitions.toSorted((a, b) => a.partition - b.partition) }
  }

  /** How many records were passed over because they are not of our making. */
  get foreign(): number {
    return this.#foreign
  }

  async stop(): Promise<void> {
    // The followers first: they commit how far they are while the group still knows this member.
    this.#assign([])
    await Promise.all(this.#leaving.values())
    await this.#membership.stop()
    // Until it left, the group could still give it partitions.
    await Promise.all(this.#leaving.values())
  }

  #assign(partitions: readonly number[]): void {
    this.#assigned = new Set(partitions)
    for (const [partition, follower] of this.#followers)
      if (!this.#assigned.has(partition)) {
        this.#followers.delete(partition)
        this.#leaving.set(partition, this.#leave(partition, follower))
      }
    for (const partition of partitions) this.#follow(partition)
  }

  async #leave(partition: number, follower: PartitionFollower): Promise<void> {
    await follower.stop()
    this.#leaving.delete(partition)
    this.#follow(partition)
  }

  #follow(partition: number): void {
    if (!this.#assigned.has(partition) || this.#followers.has(partition) || this.#leaving.has(partition)) return
    const { group, topic } = this.#request
    const follower = new PartitionFollower({
      cluster: this.#cluster,
      request: this.#request,
      partition,
      committedOffset: async () => (await committedOffsets(this.#cluster, { group, topic })).get(partition),
      commit: (offset) => this.#membership.commit(partition, offset),
      onForeign: (count) => (this.#foreign += count),
    })
    this.#followers.set(partition, follower)
  }
}
