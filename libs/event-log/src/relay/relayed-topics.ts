import { setTimeout as delay } from 'node:timers/promises'
import { isMagasinError, isRefusal, type MagasinError } from '@magasin/contracts/magasin-error'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Cluster } from '../kafka/cluster.ts'
import { logUnavailable } from '../kafka/kafka-faults.ts'
import type { PartitionBatch } from '../kafka/writing/batch-writer.ts'
import type { EventTables } from '../table/event-table.ts'
import type { ReadBatch } from './event-reader.ts'
import { findHeads } from './find-heads.ts'
import { headsAfter, wasShortened, type HeadsByTopic } from './heads.ts'
import type { Marks } from './marks.ts'
import { refuseDivergedTopic } from './refuse-diverged-topic.ts'

export interface RelayedTopicsOptions {
  readonly database: SqlDatabase<EventTables>
  readonly cluster: Cluster
  readonly logId: string
  readonly topics: readonly string[]
  /** A topic can be sent to from now on. */
  readonly onReady: () => void
  /** So many records of a topic were read on the broker to find where it stands. */
  readonly onRead: (topic: string, count: number) => void
  readonly onFault: (topic: string, fault: unknown) => void
  readonly onRecovery: (topic: string) => void
}

// A broker that has not answered by then is said to be away, though it may yet answer.
const answerWithinMs = 1_000
const retryMs = 1_000
// Nothing but a hand mends a refusal, and each try may read the whole topic.
const refusedRestMs = 10_000
// Somebody else who writes steadily (a republication, too) must not have the topic read again for each of his records.
const othersRestMs = 100

/**
 * The topics of a store, each with what the relay knows of it. A topic in trouble is looked at again and again, beside the others, and
 * they go on.
 */
export class RelayedTopics {
  readonly #options: RelayedTopicsOptions
  readonly #first = Promise.withResolvers<void>()
  #pausing = new AbortController()
  /** The topics that can be sent to. */
  #heads: HeadsByTopic = new Map()
  /** The topics that are being looked at, or rest before that. */
  readonly #looks = new Map<string, Promise<void>>()
  /** The same, and those that do not know yet that they are to end. */
  readonly #running = new Set<Promise<void>>()
  readonly #faults = new Map<string, unknown>()
  #marks: Marks = new Map()

  constructor(options: RelayedTopicsOptions) {
    this.#options = options
  }

  /** Resolves when each topic was found ready, or in trouble: after a second at the latest. */
  get firstLook(): Promise<void> {
    return this.#first.promise
  }

  /** What the topics hold that can be sent to. */
  get heads(): HeadsByTopic {
    return this.#heads
  }

  /** The fault of each topic that cannot be sent to. */
  get faults(): ReadonlyMap<string, unknown> {
    return this.#faults
  }

  /** The marks of all topics as they are now, to be written. */
  get marks(): Marks {
    return new Map([...this.#marks, ...this.#heads])
  }

  /** Takes the marks that are written: topics are looked at from there. */
  set marks(marks: Marks) {
    this.#marks = marks
  }

  /** Whether the written marks say where the topics are. */
  get isMarked(): boolean {
    return [...this.#heads].every(([topic, heads]) =>
      [...heads].every(([partition, { seq, offset }]) => {
        const mark = this.#marks.get(topic)?.get(partition)
        return seq === (mark?.seq ?? 0) && (seq === 0 || offset === mark?.offset)
      }),
    )
  }

  /** Begins to look at every topic that cannot be sent to, unless that is under way. */
  openMissing(): void {
    for (const topic of this.#options.topics) if (!this.#heads.has(topic)) this.#open(topic, 0)
  }

  /** The batches that can be sent now; a topic may have met its trouble since they were read. */
  onlyNext(batches: readonly ReadBatch[]): readonly ReadBatch[] {
    return batches.filter(({ topic, partition, after }) => this.#heads.get(topic)?.get(partition)?.seq === after)
  }

  /** The broker took these batches. */
  advance(batches: readonly PartitionBatch[]): void {
    this.#heads = headsAfter(this.#heads, batches)
  }

  /** A topic cannot be sent to: it is looked at again, from its mark. */
  fail(topic: string, fault: MagasinError): void {
    const isMoved = isMagasinError(fault, 'LOG_MOVED')
    const isFault = !isMoved || wasShortened(fault)
    this.#heads = new Map([...this.#heads].filter(([one]) => one !== topic))
    if (isFault) this.#tellFault(topic, fault)
    this.#open(topic, isMoved ? (isFault ? 0 : othersRestMs) : retryMs)
  }

  /** Looks at no topic any more, and forgets what they hold: another process may relay them. */
  pause(): void {
    this.#pausing.abort(new Error('the relay looks at no topic'))
    this.#pausing = new AbortController()
    this.#heads = new Map()
    this.#looks.clear()
  }

  /** Resolves when no look is under way. */
  async ended(): Promise<void> {
    await Promise.all(this.#running)
  }

  #open(topic: string, restMs: number): void {
    if (this.#looks.has(topic)) return
    const { signal } = this.#pausing
    const look = this.#lookUntilReady(topic, { restMs, signal }).finally(() => {
      this.#running.delete(look)
      if (this.#looks.get(topic) === look) this.#looks.delete(topic)
    })
    this.#looks.set(topic, look)
    this.#running.add(look)
  }

  /** Looks at a topic after a rest, and again after every fault, which is told. Never rejects. */
  async #lookUntilReady(topic: string, from: { readonly restMs: number; readonly signal: AbortSignal }): Promise<void> {
    const { signal } = from
    let { restMs } = from
    while (!signal.aborted) {
      if (restMs > 0) await delay(restMs, undefined, { signal }).catch(() => undefined)
      try {
        signal.throwIfAborted()
        return await this.#look(topic, signal)
      } catch (fault) {
        if (signal.aborted) return
        this.#tellFault(topic, fault)
        restMs = isRefusal(fault) ? refusedRestMs : retryMs
      }
    }
  }

  async #look(topic: string, signal: AbortSignal): Promise<void> {
    const { database, cluster, logId, onRead, onReady } = this.#options
    let read = 0
    const late = setTimeout(() => this.#tellFault(topic, lateError(cluster, topic, read)), answerWithinMs)
    try {
      const heads = await findHeads(cluster, {
        topic,
        logId,
        marks: this.#marks.get(topic) ?? new Map(),
        onRead: (count) => ((read += count), onRead(topic, count)),
        signal,
      })
      await refuseDivergedTopic(database, { cluster, topic, heads })
      signal.throwIfAborted()
      this.#heads = new Map([...this.#heads, [topic, heads]])
    } finally {
      clearTimeout(late)
    }
    this.#recover(topic)
    this.#tellFirstLook()
    onReady()
  }

  #tellFault(topic: string, fault: unknown): void {
    this.#faults.set(topic, fault)
    this.#tellFirstLook()
    this.#options.onFault(topic, fault)
  }

  #recover(topic: string): void {
    if (this.#faults.delete(topic)) this.#options.onRecovery(topic)
  }

  #tellFirstLook(): void {
    if (this.#options.topics.every((topic) => this.#heads.has(topic) || this.#faults.has(topic))) this.#first.resolve()
  }
}

function lateError(cluster: Cluster, topic: string, read: number): MagasinError {
  const name = cluster.nameOf(topic)
  const what = read === 0 ? `no answer about ${name} yet` : `${read} records of ${name} were looked through so far`
  return logUnavailable(`${what}, and nothing is sent to it`, cluster.options.brokers, undefined)
}
