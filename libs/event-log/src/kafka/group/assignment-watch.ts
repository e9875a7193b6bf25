import { setTimeout as delay } from 'node:timers/promises'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { PartitionRef, SubscribeRequest } from '../../event-log.ts'
import { placeOf } from '../../place.ts'
import type { Cluster } from '../cluster.ts'
import { unassignedPartitions } from './unassigned-partitions.ts'

// A group that changed hands settles within this time.
const settleMs = 10_000
// Nothing but a change of members makes a partition fall to nobody, and that begins anew.
const againMs = 60_000

/** Tells of partitions that no member of the group reads, and of their end. */
export class AssignmentWatch {
  readonly #cluster: Cluster
  readonly #request: SubscribeRequest
  readonly #told = new Map<string, PartitionRef>()
  #watching = new AbortController()

  constructor(cluster: Cluster, request: SubscribeRequest) {
    this.#cluster = cluster
    this.#request = request
  }

  /** The group changed: looks when it has settled, and from time to time after that. */
  begin(): void {
    this.stop()
    this.#watching = new AbortController()
    void this.#watch(this.#watching.signal)
  }

  stop(): void {
    this.#watching.abort()
  }

  async #watch(signal: AbortSignal): Promise<void> {
    for (let waitMs = settleMs; !signal.aborted; waitMs = againMs) {
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      // Brokers that do not answer are told of by those who read from them.
      const unassigned = await unassignedPartitions(this.#cluster, this.#request).catch(() => undefined)
      if (unassigned !== undefined && !signal.aborted) this.#tell(unassigned)
    }
  }

  #tell(unassigned: readonly PartitionRef[]): void {
    const { group, onAlarm, onFault, onRecovery } = this.#request
    const now = new Map(unassigned.map((at) => [placeOf(at), at]))
    for (const [key, at] of this.#told)
      if (!now.has(key)) {
        this.#told.delete(key)
        onRecovery(at)
      }
    for (const [key, at] of now) {
      if (this.#told.has(key)) continue
      this.#told.set(key, at)
      const alarm = new MagasinError(
        'PARTITION_UNASSIGNED',
        `no member of the group ${group} reads ${at.topic} partition ${at.partition}: another program leads the group and does not know the topic; stop it, or give it a group of its own`,
        { facts: { group, ...at } },
      )
      onAlarm(alarm, at)
      onFault(alarm, at)
    }
  }
}
