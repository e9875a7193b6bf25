import { setTimeout as delay } from 'node:timers/promises'
import { isMagasinError, type MagasinError } from '@magasin/contracts/magasin-error'
import type { SubscribeRequest } from '../event-log.ts'
import { removedError } from '../take-next.ts'
import type { Cluster } from './cluster.ts'
import { NextTaker } from './next-taker.ts'
import { PartitionReader, type FoundPage } from './partition-reader.ts'

export interface FollowerOptions {
  readonly cluster: Cluster
  readonly request: SubscribeRequest
  readonly partition: number
  /** The offset that the group committed last: where to begin to look, no more. Undefined where there is none. */
  readonly committedOffset: () => Promise<number | undefined>
  readonly commit: (offset: number) => Promise<void>
}

// How long the broker holds a fetch that finds nothing: what stopping waits for.
const waitMs = 500
// Larger: a rejected delivery repeats more. Smaller: more turns for a subscriber that is far behind.
const deliverySize = 100
const restMs = 1_000
// Committed more often than somebody restarts, and less often than events come.
const commitEveryMs = 1_000

/**
 * Follows one partition for a group, from the subscriber's own position. Where its committed offset proves to be that position, it goes
 * on from there; else it looks from the first record that is still there. What is missing is looked for once from the beginning, then
 * told, and the end is followed all the same: that is where it is mended.
 */
export class PartitionFollower {
  readonly #options: FollowerOptions
  readonly #stopping = new AbortController()
  readonly #reader: PartitionReader
  readonly #running: Promise<void>
  #taker: NextTaker | undefined
  #behind = 0
  #alarmAt: number | null = null
  #foreignBefore = 0
  #committedAt = 0
  #hasFault = false

  constructor(options: FollowerOptions) {
    const { cluster, request, partition } = options
    this.#options = options
    this.#reader = new PartitionReader(cluster, request.topic, partition)
    this.#running = this.#run()
  }

  describe() {
    const position = this.#taker?.last ?? 0
    const lag = Math.max(this.#behind, (this.#taker?.highest ?? 0) - position)
    return { partition: this.#options.partition, position, lag, gapAt: this.#alarmAt }
  }

  /** How many records were passed over because they are not of our making. */
  get foreign(): number {
    return this.#foreignBefore + (this.#taker?.foreign ?? 0)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted)
      try {
        await this.#followFromPosition()
      } catch (fault) {
        if (isMagasinError(fault, 'LOG_FOREIGN')) this.#alarm(fault, this.#taker?.last ?? 0)
        this.#hasFault = true
        this.#options.request.onFault(fault, this.#options.partition)
        await delay(restMs, undefined, { signal }).catch(() => undefined)
      }
    await this.#commit()
    await this.#reader.close()
  }

  async #followFromPosition(): Promise<void> {
    const { request, partition } = this.#options
    const { topic, positionOf } = request
    const position = await positionOf(partition)
    this.#foreignBefore = this.foreign
    const taker = new NextTaker({ topic, partition, logId: position?.logId ?? null, after: position?.seq ?? 0 })
    this.#taker = taker
    let at = await this.#provenOffset(taker)
    let isProven = at > 0
    /** The event that was looked for from the beginning already. */
    let soughtSeq = at > 0 ? 0 : taker.last + 1
    while (!this.#stopping.signal.aborted) {
      const page = await this.#reader.fetch(at, { waitMs })
      if (page.isOutOfRange) {
        isProven = false
        soughtSeq = taker.last + 1
      }
      isProven ||= page.start === 0
      await this.#deliver(taker, page)
      this.#recover()
      at = page.next
      this.#behind = Math.max(0, page.end - at)
      if (at < page.end) continue
      const isMissing = taker.isAtHole || !(isProven || taker.hasSeenLast)
      if (!isMissing) this.#alarmAt = null
      else if (soughtSeq === taker.last + 1) this.#alarmRemoved(taker.last + 1)
      else {
        soughtSeq = taker.last + 1
        at = page.start
      }
    }
  }

  /**
   * The committed offset, if the record before it is the one at the subscriber's position; else 0, the beginning. An offset alone proves
   * nothing: a topic that was made anew, or a broker that came back with less, gives it to other records.
   */
  async #provenOffset(taker: NextTaker): Promise<number> {
    const offset = await this.#options.committedOffset()
    if (offset === undefined || offset === 0 || taker.last === 0) return 0
    const { found } = await this.#reader.fetch(offset - 1)
    const [before] = found
    return before?.offset === offset - 1 && before.record?.seq === taker.last && before.record.logId === taker.logId
      ? offset
      : 0
  }

  async #deliver(taker: NextTaker, page: FoundPage): Promise<void> {
    const { signal } = this.#stopping
    const records = taker.take(page)
    for (let i = 0; i < records.length && !signal.aborted; i += deliverySize)
      await this.#options.request.deliver(records.slice(i, i + deliverySize), signal)
    if (records.length > 0 && !signal.aborted && Date.now() - this.#committedAt >= commitEveryMs) await this.#commit()
  }

  async #commit(): Promise<void> {
    const offset = this.#taker?.lastOffset
    if (offset === undefined) return
    this.#committedAt = Date.now()
    await this.#options.commit(offset + 1)
  }

  #recover(): void {
    if (this.#hasFault) this.#options.request.onRecovery(this.#options.partition)
    this.#hasFault = false
  }

  #alarmRemoved(seq: number): void {
    const { partition, request } = this.#options
    this.#alarm(removedError({ topic: request.topic, partition, seq }), seq)
  }

  #alarm(alarm: MagasinError, seq: number): void {
    if (this.#alarmAt === seq) return
    this.#alarmAt = seq
    this.#options.request.onAlarm(alarm)
  }
}
