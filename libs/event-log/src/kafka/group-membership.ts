import { setTimeout as delay } from 'node:timers/promises'
import { Consumer, COOPERATIVE_STICKY_ASSIGNOR, cooperativeStickyAssigner } from '@platformatic/kafka'
import { clientOptions, type Cluster } from './cluster.ts'
import { logUnavailable } from './kafka-faults.ts'

export interface MembershipOptions {
  readonly cluster: Cluster
  readonly group: string
  readonly topic: string
  /** The partitions that are this member's now; none when it is no member any more. */
  readonly onAssigned: (partitions: readonly number[]) => void
  readonly onFault: (fault: unknown) => void
  /** It belongs to the group again after a fault. */
  readonly onRecovery: () => void
}

// A member that is silent for so long has lost its partitions to the others; a busy event loop must not be mistaken for that.
const sessionTimeoutMs = 10_000
const heartbeatMs = 2_000
const rebalanceTimeoutMs = 15_000
const rejoinRestMs = 1_000
// Leaving is a courtesy, and so is committing: without them the others wait for the session to end, and look for longer.
const courtesyMs = 2_000

/**
 * Belongs to a consumer group: which member reads which partition. The client library joins, beats and leaves; when it gives up, it is
 * started anew, for ever. Nothing else of the group is used: what a member has read is in its own database.
 */
export class GroupMembership {
  readonly #options: MembershipOptions
  readonly #stopping = new AbortController()
  #consumer: Consumer | undefined
  #hasFault = false
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
  async commit(partition: number, offset: number): Promise<boolean> {
    const { cluster, topic } = this.#options
    const offsets = [{ topic: cluster.nameOf(topic), partition, offset: BigInt(offset), leaderEpoch: -1 }]
    // Refused while partitions change hands, or when they have: the member that has it now commits its own.
    const committing = this.#consumer?.commit({ offsets }).then(
      () => true,
      () => false,
    )
    return committing === undefined ? false : Promise.race([committing, courtesy(false)])
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
    this.#hasFault = true
    onFault(logUnavailable(`the group ${group}`, cluster.options.brokers, cause))
  }

  /** One membership, from joining to its end: rejects when it is lost, resolves when it is to stop. */
  async #belong(): Promise<void> {
    const { cluster, group, topic } = this.#options
    const name = cluster.nameOf(topic)
    const ended = Promise.withResolvers<void>()
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
      partitionAssigner: cooperativeStickyAssigner,
    })
    this.#consumer = consumer
    consumer.topics.trackAll(name)
    consumer.on('consumer:group:join', ({ assignments = [] }) => {
      if (this.#hasFault) this.#options.onRecovery()
      this.#hasFault = false
      this.#options.onAssigned(assignments.find((one) => one.topic === name)?.partitions ?? [])
    })
    consumer.on('error', (error: Error) => ended.reject(error))
    consumer.on('consumer:heartbeat:stalled', () => ended.reject(new Error('no heartbeat was answered')))
    const stop = () => ended.resolve()
    this.#stopping.signal.addEventListener('abort', stop)
    try {
      await Promise.race([consumer.joinGroup({}), ended.promise])
      await ended.promise
    } finally {
      this.#stopping.signal.removeEventListener('abort', stop)
      this.#consumer = undefined
      await Promise.race([consumer.close(true).catch(() => undefined), courtesy(undefined)])
    }
  }
}

/** The end of a courtesy's time; nothing that keeps a process alive. */
const courtesy = <T>(value: T): Promise<T> => delay(courtesyMs, value, { ref: false })
