import { setTimeout as delay } from 'node:timers/promises'
import type { EventRecord } from '@magasin/contracts/event-record'
import { isMagasinError, type ErrorFacts, type MagasinError } from '@magasin/contracts/magasin-error'
import type { GroupPartitionDescription, PartitionRef, Positions, SubscribeRequest } from './event-log.ts'

/** Where a follower gets the records of one partition. Each adapter gives one; the follower calls it from one loop. */
export interface PartitionSource {
  /** Goes to the subscriber's position in this partition. Rejects if that cannot be one of this log. */
  seek(positions: Positions): Promise<void>
  /**
   * The records that are next, with no gap before or in them. Waits for some, but resolves with none if that takes long.
   * Called again only when all that it gave before was delivered; a call after `seek` does not wait for long.
   */
  next(signal: AbortSignal): Promise<NextRecords>
  /** All that `next` gave was delivered. */
  delivered(): Promise<void>
  /** How many events there are after a seq, as far as the source knows. */
  lagAfter(seq: number): number
  /** Ends a `next` that is under way. */
  close(): Promise<void>
}

export interface NextRecords {
  readonly records: readonly EventRecord[]
  /** The event after these records is missing; null if it is not. */
  readonly gap: { readonly seq: number; readonly alarm: MagasinError } | null
}

export interface FollowerOptions {
  readonly at: PartitionRef
  readonly request: SubscribeRequest
  readonly source: PartitionSource
  /** The positions to begin with; after a fault the follower asks for them again. */
  readonly positions: Promise<Positions>
}

// Larger: a rejected delivery repeats more. Smaller: more turns for a subscriber that is far behind.
export const deliverySize = 100
// A fault is seldom over sooner, and a gap is mended by hand.
export const restMs = 1_000

/** Follows one partition for a subscription, from the subscriber's position, until it is stopped. No fault ends it. */
export class PartitionFollower {
  readonly #options: FollowerOptions
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  /** The seq of the last event that was delivered. */
  #seq = 0
  #gapAt: number | null = null
  #told: MagasinError | undefined
  #hasFault = false

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#running = this.#run()
  }

  describe(): GroupPartitionDescription {
    const { at, source } = this.#options
    return { ...at, seq: this.#seq, lag: source.lagAfter(this.#seq), gapAt: this.#gapAt }
  }

  /** Resolves when the delivery under way is done. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { at, request, source } = this.#options
    const { signal } = this.#stopping
    const endWaiting = () => void source.close()
    signal.addEventListener('abort', endWaiting)
    let positions: Promise<Positions> | undefined = this.#options.positions
    while (!signal.aborted)
      try {
        await this.#followFrom(await (positions ?? request.positionsOf(at.topic)))
      } catch (fault) {
        if (signal.aborted) break
        positions = undefined
        if (needsSomebody(fault)) this.#alarm(fault)
        this.#hasFault = true
        request.onFault(fault, at)
        await delay(restMs, undefined, { signal }).catch(() => undefined)
      }
    // The next member that reads the partition has its faults, too.
    this.#recover()
    await source.close()
  }

  async #followFrom(positions: Positions): Promise<void> {
    const { at, request, source } = this.#options
    const { signal } = this.#stopping
    this.#seq = positions.get(at.partition)?.seq ?? 0
    await source.seek(positions)
    while (!signal.aborted) {
      const { records, gap } = await source.next(signal)
      for (let i = 0; i < records.length; i += deliverySize) {
        if (signal.aborted) return
        const together = records.slice(i, i + deliverySize)
        await request.deliver(together, signal)
        this.#seq = together.at(-1)!.seq
      }
      await source.delivered()
      this.#recover()
      this.#gapAt = gap?.seq ?? null
      if (gap === null) this.#told = undefined
      else this.#alarm(gap.alarm)
    }
  }

  #recover(): void {
    if (this.#hasFault) this.#options.request.onRecovery(this.#options.at)
    this.#hasFault = false
  }

  /** Tells the same alarm once. */
  #alarm(alarm: MagasinError): void {
    if (this.#told !== undefined && isSame(this.#told, alarm)) return
    this.#told = alarm
    this.#options.request.onAlarm(alarm, this.#options.at)
  }
}

/** Whether trying again does not help until an operator has acted. */
function needsSomebody(fault: unknown): fault is MagasinError {
  return isMagasinError(fault, 'LOG_DAMAGED') || (isMagasinError(fault) && fault.kind.refusesStart)
}

// A message may name what changes by itself, as the end of a partition does.
const isSame = (a: MagasinError, b: MagasinError): boolean => a.code === b.code && place(a.facts) === place(b.facts)
const place = ({ seq, position }: ErrorFacts): unknown => seq ?? position
