import { setTimeout as delay } from 'node:timers/promises'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { GroupDescription, LogSubscription, SubscribeRequest } from '../event-log.ts'
import { gapError, takeNext } from '../take-next.ts'
import type { EndWatcher, Ends } from './end-watcher.ts'

/** Records of one partition behind `after`, in order, up to a seq and a number of them. */
export interface PageRequest {
  readonly topic: string
  readonly partition: number
  readonly after: number
  readonly upTo: number
  readonly limit: number
}

export interface TableSource {
  /** The partitions, and where each ends. */
  readonly partitions: Ends
  readonly watcher: EndWatcher
  readPage(from: PageRequest): Promise<readonly EventRecord[]>
  /** Resolves when what was read is on disk: an engine may show a commit before that. */
  settle(): Promise<void>
}

// Larger: a rejected delivery repeats more. Smaller: more turns for a subscriber that is far behind.
const deliverySize = 100
// How long a partition rests after a fault or at a hole before it looks again.
const faultRestMs = 1_000

/** One group's reading of the event table: a loop for each partition, so that one that cannot go on holds up no other. */
export class TableSubscription implements LogSubscription {
  readonly #request: SubscribeRequest
  readonly #source: TableSource
  readonly #stopping = new AbortController()
  readonly #positions = new Map<number, number>()
  readonly #gaps = new Map<number, number>()
  readonly #faulty = new Set<number>()
  readonly #loops: Promise<unknown>

  constructor(request: SubscribeRequest, source: TableSource) {
    this.#request = request
    this.#source = source
    this.#loops = Promise.all([...source.partitions.keys()].map((partition) => this.#follow(partition)))
  }

  get topic(): string {
    return this.#request.topic
  }

  /** With the ends as they are now, or as the subscription last saw them. */
  describe(ends: Ends = this.#source.watcher.ends() ?? this.#source.partitions): GroupDescription {
    return {
      group: this.#request.group,
      partitions: [...ends]
        .toSorted(([a], [b]) => a - b)
        .map(([partition, end]) => {
          const position = this.#positions.get(partition) ?? 0
          return { partition, position, lag: Math.max(0, end - position), gapAt: this.#gaps.get(partition) ?? null }
        }),
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#loops
    this.#source.watcher.close()
  }

  async #follow(partition: number): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted)
      try {
        await this.#followFromPosition(partition)
      } catch (fault) {
        this.#faulty.add(partition)
        this.#request.onFault(fault, partition)
        await delay(faultRestMs, undefined, { signal }).catch(() => undefined)
      }
  }

  async #followFromPosition(partition: number): Promise<void> {
    const { topic, positionOf, deliver } = this.#request
    const { signal } = this.#stopping
    let after = (await positionOf(partition))?.seq ?? 0
    this.#positions.set(partition, after)
    let isBeyond = false
    while (!signal.aborted) {
      const page = await this.#source.readPage({
        topic,
        partition,
        after,
        upTo: Number.MAX_SAFE_INTEGER,
        limit: deliverySize,
      })
      const { records, beyondHole } = takeNext(page, after)
      if (records.length > 0) {
        await this.#source.settle()
        await deliver(records, signal)
      }
      if (this.#faulty.delete(partition)) this.#request.onRecovery(partition)
      after += records.length
      this.#positions.set(partition, after)
      // Nothing mends a hole of the table but a hand: it is said once, and looked at from time to time.
      const isHole: boolean = beyondHole !== null || (isBeyond && page.length === 0)
      if (isHole) await this.#restAtGap(partition, after + 1)
      else this.#gaps.delete(partition)
      isBeyond =
        isHole || (page.length < deliverySize && (await this.#source.watcher.waitBeyond(partition, after, signal)))
    }
  }

  async #restAtGap(partition: number, seq: number): Promise<void> {
    if (this.#gaps.get(partition) !== seq) {
      this.#gaps.set(partition, seq)
      this.#request.onAlarm(gapError({ topic: this.#request.topic, partition, seq }))
    }
    await delay(faultRestMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
  }
}
