import { setTimeout as delay } from 'node:timers/promises'
import { isMagasinError, type MagasinError } from '@magasin/contracts/magasin-error'
import type { Position, SubscribeRequest } from '../event-log.ts'
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
  /** Resolves with whether it is committed. */
  readonly commit: (offset: number) => Promise<boolean>
  /** So many records were passed over because they are not of our making. */
  readonly onForeign: (count: number) => void
}

// How long the broker holds a fetch that finds nothing.
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
  /** The seq of the last event that was delivered. */
  #position = 0
  #highest = 0
  #behind = 0
  #gapAt: number | null = null
  #told: MagasinError | undefined
  /** The offset behind all that was delivered; undefined where nothing was since it began to look. */
  #reached: number | undefined
  #committed: number | undefined
  #committedAt = -Infinity
  #hasFault = false

  constructor(options: FollowerOptions) {
    const { cluster, request, partition } = options
    this.#options = options
    this.#reader = new PartitionReader(cluster, request.topic, partition)
    this.#running = this.#run()
  }

  describe() {
    const lag = Math.max(this.#behind, this.#highest - this.#position)
    return { partition: this.#options.partition, position: this.#position, lag, gapAt: this.#gapAt }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    // A fetch under way may wait for something new; nothing of it would be delivered any more.
    await this.#reader.close()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted)
      try {
        await this.#followFromPosition()
      } catch (fault) {
        if (signal.aborted) break
        // No other try mends these: a hand has to.
        if (isMagasinError(fault, 'LOG_FOREIGN') || isMagasinError(fault, 'LOG_DAMAGED')) this.#alarm(fault)
        this.#hasFault = true
        this.#options.request.onFault(fault, this.#options.partition)
        await delay(restMs, undefined, { signal }).catch(() => undefined)
      }
    // Whoever reads the partition from now on has its faults, too.
    this.#recover()
    await this.#commit()
    await this.#reader.close()
  }

  /** Resolves when it is to stop, or to look anew from where the subscriber stands. */
  async #followFromPosition(): Promise<void> {
    const taker = await this.#takerAtPosition()
    let at = await this.#provenOffset(taker)
    /** Nothing can lie before `at` that is next and was not read. */
    let isProven = at > 0
    /** The event that was looked for from the beginning already. */
    let soughtSeq = at > 0 ? 0 : taker.last + 1
    while (!this.#stopping.signal.aborted) {
      const page = await this.#reader.fetch(at, { waitMs })
      // What came next was removed, or the broker came back with less: where it stood means nothing any more.
      if (page.isOutOfRange && at > 0) return
      isProven ||= at === 0 && !page.isOutOfRange
      await this.#deliver(taker, page)
      this.#recover()
      at = page.next
      this.#behind = Math.max(0, page.end - at)
      if (at < page.end) continue
      const isMissing = taker.isAtHole || !(isProven || taker.hasSeenLast)
      if (!isMissing) this.#clearAlarm()
      else if (soughtSeq === taker.last + 1) this.#alarmRemoved(taker.last + 1)
      else {
        soughtSeq = taker.last + 1
        at = 0
      }
    }
  }

  async #takerAtPosition(): Promise<NextTaker> {
    const { request, partition } = this.#options
    const position = await request.positionOf(partition)
    const logId = position?.logId ?? (await this.#logIdElsewhere())
    this.#position = this.#highest = position?.seq ?? 0
    this.#reached = undefined
    return new NextTaker({ topic: request.topic, partition, logId, after: this.#position })
  }

  /** Where the subscriber has never been, its other positions tell whose log it follows; null where it has none. */
  async #logIdElsewhere(): Promise<string | null> {
    const { cluster, request } = this.#options
    const { topic, positionOf } = request
    for (let partition = 0; partition < cluster.definitionOf(topic).partitions; partition++) {
      const position: Position | undefined = await positionOf(partition)
      if (position !== undefined) return position.logId
    }
    return null
  }

  /**
   * The committed offset, if the record before it is the one at the subscriber's position; else 0, the beginning. An offset alone proves
   * nothing: a topic that was made anew, or a broker that came back with less, gives it to other records.
   */
  async #provenOffset(taker: NextTaker): Promise<number> {
    const offset = await this.#options.committedOffset()
    if (offset === undefined || offset === 0 || taker.last === 0) return 0
    const { found, isOutOfRange, start } = await this.#reader.fetch(offset - 1)
    // All that was read was removed, and nothing else: a shop in which nothing happens for longer than events are kept.
    if (isOutOfRange && start === offset) return offset
    const [before] = found
    return before?.offset === offset - 1 && before.record?.seq === taker.last && before.record.logId === taker.logId
      ? offset
      : 0
  }

  async #deliver(taker: NextTaker, page: FoundPage): Promise<void> {
    const { signal } = this.#stopping
    const foreignBefore = taker.foreign
    const records = taker.take(page)
    this.#options.onForeign(taker.foreign - foreignBefore)
    this.#highest = taker.highest
    for (let i = 0; i < records.length; i += deliverySize) {
      if (signal.aborted) return
      const together = records.slice(i, i + deliverySize)
      await this.#options.request.deliver(together, signal)
      this.#position = together.at(-1)!.seq
    }
    if (taker.lastOffset !== undefined) this.#reached = taker.lastOffset + 1
    if (performance.now() - this.#committedAt >= commitEveryMs) await this.#commit()
  }

  async #commit(): Promise<void> {
    const reached = this.#reached
    if (reached === undefined || reached === this.#committed) return
    this.#committedAt = performance.now()
    if (await this.#options.commit(reached)) this.#committed = reached
  }

  #recover(): void {
    if (this.#hasFault) this.#options.request.onRecovery(this.#options.partition)
    this.#hasFault = false
  }

  #alarmRemoved(seq: number): void {
    const { partition, request } = this.#options
    this.#gapAt = seq
    this.#alarm(removedError({ topic: request.topic, partition, seq }))
  }

  #alarm(alarm: MagasinError): void {
    if (this.#told?.message === alarm.message) return
    this.#told = alarm
    this.#options.request.onAlarm(alarm)
  }

  #clearAlarm(): void {
    this.#gapAt = null
    this.#told = undefined
  }
}
