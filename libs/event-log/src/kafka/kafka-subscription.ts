import { setTimeout as delay } from 'node:timers/promises'
import { isRefusal, MagasinError } from '@magasin/contracts/magasin-error'
import { placeOf } from '../place.ts'
import { refuseForeign } from '../check-position.ts'
import type { GroupDescription, LogSubscription, PartitionRef, Positions, SubscribeRequest } from '../event-log.ts'
import { PartitionFollower, restMs } from '../follow-partition.ts'
import { AssignmentWatch } from './group/assignment-watch.ts'
import type { Cluster } from './cluster.ts'
import type { FetchPool } from './reading/fetch-pool.ts'
import { GroupMembership } from './group/group-membership.ts'
import { committedOffsets, type CommittedOffsets } from './group/groups.ts'
import { KafkaSource } from './kafka-source.ts'
import { findLogId } from './topic-identity.ts'

export interface SubscriptionOptions {
  readonly cluster: Cluster
  /** What all subscriptions of the process read with. */
  readonly pool: FetchPool
  readonly request: SubscribeRequest
}

/** Asked once for all partitions that a member begins to follow at the same time. */
interface Beginning {
  positionsOf(topic: string): Promise<Positions>
  committedOffsets(): Promise<CommittedOffsets>
}

// A broker that is there answers sooner; a start is not to wait longer for one that hangs.
const startWithinMs = 1_000

/** One member of a group: follows the partitions of all its topics that the group gave it. */
export class KafkaSubscription implements LogSubscription {
  readonly #cluster: Cluster
  readonly #pool: FetchPool
  readonly #request: SubscribeRequest
  readonly #membership: GroupMembership
  readonly #watch: AssignmentWatch
  readonly #stopping = new AbortController()
  readonly #followers = new Map<string, { readonly at: PartitionRef; readonly follower: PartitionFollower }>()
  /** Followers whose partition went to another member finish what they are at before the partition can come back. */
  readonly #leaving = new Map<string, Promise<void>>()
  #assigned = new Map<string, PartitionRef>()
  #beginning: Promise<void> = Promise.resolve()
  #hasFault = false
  #told: string | undefined
  #unrecognised = 0

  constructor({ cluster, pool, request }: SubscriptionOptions) {
    this.#cluster = cluster
    this.#pool = pool
    this.#request = request
    this.#watch = new AssignmentWatch(cluster, request)
    const { group, topics } = request
    this.#membership = new GroupMembership({
      cluster,
      group,
      topics,
      onAssigned: (partitions) => this.#assign(partitions),
      onFault: (fault) => this.#fail(fault),
      onJoined: () => this.#joined(),
    })
  }

  /**
   * Begins to join the group as soon as the brokers let it. Resolves when they did not refuse it within a second; then they may still
   * refuse it, which is told as an alarm. Rejects with LOG_FOREIGN, TOPIC_PARTITIONS_CHANGED.
   */
  async start(): Promise<void> {
    const trying = this.#prepare()
    const late = new MagasinError(
      'LOG_UNAVAILABLE',
      `Kafka at ${this.#cluster.options.brokers.join(', ')} did not answer within ${startWithinMs} ms: ${this.#request.group} waits for it`,
    )
    const limit = delay(startWithinMs, late, { signal: this.#stopping.signal })
    limit.catch(() => undefined)
    const met = await Promise.race([trying, limit]).catch((error: unknown) => error)
    if (isRefusal(met)) throw met
    if (met === late) this.#fail(met)
    this.#beginning = this.#begin(trying)
  }

  describe(): GroupDescription {
    const partitions = [...this.#followers.values()].map(({ follower }) => follower.describe())
    const inOrder = partitions.toSorted((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition)
    return { group: this.#request.group, partitions: inOrder }
  }

  /** How many records were passed over because they are not of our making. */
  get unrecognised(): number {
    return this.#unrecognised
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#watch.stop()
    await this.#beginning
    // The followers first: they commit how far they are while the group still knows this member.
    this.#assign([])
    await Promise.all(this.#leaving.values())
    await this.#membership.stop()
    // Until it left, the group could still give it partitions.
    await Promise.all(this.#leaving.values())
  }

  /** Tries until the brokers let it begin: what they refuse now, an operator may mend. */
  async #begin(first: Promise<void>): Promise<void> {
    const { signal } = this.#stopping
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    let trying: Promise<void> | undefined = first
    while (!signal.aborted)
      try {
        await Promise.race([trying ?? this.#prepare(), aborted])
        if (!signal.aborted) this.#membership.start()
        return
      } catch (error) {
        trying = undefined
        if (isRefusal(error)) this.#alarm(error)
        this.#fail(error)
        await delay(restMs, undefined, { signal }).catch(() => undefined)
      }
  }

  /** Makes the topics that are missing, and refuses positions that are not of the log that a topic carries. */
  async #prepare(): Promise<void> {
    await Promise.all(this.#request.topics.map((topic) => this.#prepareTopic(topic)))
  }

  async #prepareTopic(topic: string): Promise<void> {
    const { group, positionsOf } = this.#request
    await this.#cluster.prepare(topic)
    const logId = await findLogId(this.#cluster, topic, await this.#cluster.offsetsOf(topic))
    if (logId === null) return
    // Here a position beyond the end is not an error: the relay may be late, and it mends what a broker has lost.
    for (const [partition, position] of await positionsOf(topic))
      refuseForeign({ group, topic, partition, position }, logId)
  }

  #fail(fault: unknown): void {
    if (this.#stopping.signal.aborted) return
    this.#hasFault = true
    this.#request.onFault(fault, null)
  }

  #joined(): void {
    if (this.#stopping.signal.aborted) return
    this.#watch.begin()
    if (this.#hasFault) this.#request.onRecovery(null)
    this.#hasFault = false
  }

  /** What refuses the subscription stops all its partitions; it is told at the first one. */
  #alarm(alarm: MagasinError): void {
    if (this.#told === alarm.message) return
    this.#told = alarm.message
    const { topic = this.#request.topics[0]!, partition = 0 } = alarm.facts as Partial<PartitionRef>
    this.#request.onAlarm(alarm, { topic, partition })
  }

  #assign(partitions: readonly PartitionRef[]): void {
    this.#assigned = new Map(partitions.map((at) => [placeOf(at), at]))
    for (const [key, { at, follower }] of this.#followers)
      if (!this.#assigned.has(key)) {
        this.#followers.delete(key)
        this.#leaving.set(key, this.#leave(at, follower))
      }
    const beginning = this.#beginTogether()
    for (const at of partitions) this.#follow(at, beginning)
    if (!this.#stopping.signal.aborted) this.#request.onAssigned?.(partitions)
  }

  async #leave(at: PartitionRef, follower: PartitionFollower): Promise<void> {
    await follower.stop()
    this.#leaving.delete(placeOf(at))
    this.#follow(at, this.#beginTogether())
  }

  #beginTogether(): Beginning {
    const positions = new Map<string, Promise<Positions>>()
    let committed: Promise<CommittedOffsets> | undefined
    return {
      positionsOf: (topic) => {
        const asked = positions.get(topic) ?? this.#request.positionsOf(topic)
        positions.set(topic, asked)
        return asked
      },
      committedOffsets: () => (committed ??= committedOffsets(this.#cluster, this.#request.group)),
    }
  }

  #follow(at: PartitionRef, beginning: Beginning): void {
    const key = placeOf(at)
    if (!this.#assigned.has(key) || this.#followers.has(key) || this.#leaving.has(key)) return
    const { group } = this.#request
    let committed: Beginning['committedOffsets'] = beginning.committedOffsets
    const source = new KafkaSource({
      at,
      group,
      reader: this.#pool.open(at),
      committedOffset: async () => {
        const offsets = committed()
        // What was asked for all is true at the beginning only.
        committed = () => committedOffsets(this.#cluster, group)
        return (await offsets).get(this.#cluster.nameOf(at.topic))?.get(at.partition)
      },
      commit: (offset) => this.#membership.commit(at, offset),
      onUnrecognised: (count) => (this.#unrecognised += count),
    })
    const positions = beginning.positionsOf(at.topic)
    const follower = new PartitionFollower({ at, request: this.#request, source, positions })
    this.#followers.set(key, { at, follower })
  }
}
