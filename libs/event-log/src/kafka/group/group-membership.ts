import { setTimeout as delay } from 'node:timers/promises'
import { Consumer, COOPERATIVE_STICKY_ASSIGNOR } from '@platformatic/kafka'
import type { PartitionRef } from '../../event-log.ts'
import { clientOptions, type Cluster } from '../cluster.ts'
import { logUnavailable } from '../kafka-faults.ts'
import { unionAssigner } from './union-assigner.ts'

export interface MembershipOptions {
  readonly cluster: Cluster
  readonly group: string
  readonly topics: readonly string[]
  /** The partitions that are this member's now; none when it is no member any more. */
  readonly onAssigned: (partitions: readonly PartitionRef[]) => void
  readonly onFault: (fault: unknown) => void
  /** It belongs to the group. */
  readonly onJoined: () => void
}

// A member that is silent for so long has lost its partitions to the others; a busy event loop must not be mistaken for that.
const sessionTimeoutMs = 10_000
const heartbeatMs = 2_000
const rebalanceTimeoutMs = 15_000
const rejoinRestMs = 1_000
// Leaving and committing are best effort: without them the others wait for the session to end, and look for longer.
const bestEffortMs = 2_000

/**
 * One membership of a consumer group, for any number of topics: it says which member reads which partition. The client library joins,
 * beats and leaves; when it gives up, it is started anew, for ever. Nothing else of the group is used: what a member has read is in its
 * own database.
 */
export class GroupMembership {
  readonly #options: MembershipOptions
  readonly #stopping = new AbortController()
  #consumer: Consumer | undefined
  #running: Promise<void> | undefined

  constructor(options: MembershipOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /**
   * Tells the brokers up to where a partition was read; resolves with whether they took it. Nothing depends on it but where the next
   * member begins to look.
   */
  async commit({ topic, partition }: PartitionRef, offset: number): Promise<boolean> {
    const { cluster } = this.#options
    const offsets = [{ topic: cluster.nameOf(topic), partition, offset: BigInt(offset), leaderEpoch: -1 }]
    // Refused while partitions change hands, or when they have: the member that has it now commits its own.
    const committing = this.#consumer?.commit({ offsets }).then(
      () => true,
      () => false,
    )
    return committing === undefined ? false : Promise.race([committing, afterBestEffort(false)])
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#belong()
      } catch (cause) {
        if (!signal.aborted) this.#fail(cause)
      }
      this.#options.onAssigned([])
      await delay(rejoinRestMs, undefined, { signal }).catch(() => undefined)
    }
  }

  #fail(cause: unknown): void {
    const { cluster, group, onFault } = this.#options
    onFault(logUnavailable(`the group ${group}`, cluster.options.brokers, cause))
  }

  /** One membership, from joining to its end: rejects when it is lost, resolves when it is to stop. */
  async #belong(): Promise<void> {
    const { cluster, topics } = this.#options
    const { signal } = this.#stopping
    // A leader that finds no topic of a name cannot divide any.
    for (const topic of topics) await cluster.prepare(topic)
    if (signal.aborted) return
    const ended = Promise.withResolvers<void>()
    const consumer = this.#createConsumer()
    this.#consumer = consumer
    consumer.on('error', (error: Error) => ended.reject(error))
    consumer.on('consumer:heartbeat:stalled', () => ended.reject(new Error('no heartbeat was answered')))
    const stop = () => ended.resolve()
    signal.addEventListener('abort', stop)
    try {
      await Promise.race([consumer.joinGroup({}), ended.promise])
      await ended.promise
    } finally {
      signal.removeEventListener('abort', stop)
      this.#consumer = undefined
      await Promise.race([leave(consumer), afterBestEffort(undefined)])
    }
  }

  #createConsumer(): Consumer {
    const { cluster, group, topics, onAssigned, onJoined } = this.#options
    const ours = new Map(topics.map((topic) => [cluster.nameOf(topic), topic]))
    const consumer = new Consumer({
      ...clientOptions(cluster.options),
      groupId: group,
      autocommit: false,
      retries: 3,
      retryDelay: 300,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      heartbeatStallTimeout: sessionTimeoutMs,
      protocols: [{ name: COOPERATIVE_STICKY_ASSIGNOR, version: 3 }],
      partitionAssigner: unionAssigner,
    })
    consumer.topics.trackAll(...ours.keys())
    consumer.on('consumer:group:join', ({ assignments = [] }) => {
      onJoined()
      const assigned = assignments.flatMap(({ topic: name, partitions }) => {
        const topic = ours.get(name)
        return topic === undefined ? [] : partitions.map((partition) => ({ topic, partition }))
      })
      onAssigned(assigned)
    })
    return consumer
  }
}

/** Resolves when best effort has taken long enough. It keeps no process alive. */
const afterBestEffort = <T>(value: T): Promise<T> => delay(bestEffortMs, value, { ref: false })

/** A client that is closed while it joins would go on as a member: it has to leave first. */
async function leave(consumer: Consumer): Promise<void> {
  await Promise.resolve(consumer.leaveGroup(true)).catch(() => undefined)
  await consumer.close(true).catch(() => undefined)
}
