import { setTimeout as delay } from 'node:timers/promises'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { PartitionRef } from '@magasin/event-log/event-log'
import { placeOf } from '@magasin/event-log/place'
import pLimit, { type LimitFunction } from 'p-limit'
import { backoffMs } from '../delivery/backoff.ts'
import type { Aside, SetAside } from '../delivery/handle-outside.ts'
import { streamsToRedrive } from './parked-rows.ts'
import { redriveFirst, settleEffect, type RedriveContext, type Step } from './redrive.ts'
import type { SubscriberTables } from '../tables.ts'

// More: while a mail server hangs, as many events of each partition are parked. Fewer: as many streams that hang hold up all others.
const mostSetAside = 16
// More: as many hold connections, and memory for their events, when an operator redrives thousands. Fewer: as many that are slow hold up all others.
const mostRedriven = 16
const lastWritesMs = 500

type Stream = PartitionRef & { readonly stream: string }

/** A stream that is followed now, and the effect that was set aside with which that began. */
interface Following extends Stream {
  readonly aside: Aside | undefined
  readonly done: Promise<void>
}

/**
 * Goes on with streams that have parked events: when somebody asks for it, when an effect that was set aside ends, or when the
 * member that had one under way is gone. Only in partitions that this member reads; each stream by itself, with a growing pause.
 */
export class ParkedStreams<Tables extends SubscriberTables> implements SetAside {
  readonly #context: RedriveContext<Tables>
  readonly #following = new Map<string, Following>()
  readonly #redriven = new Map<string, LimitFunction>()
  #owned: ReadonlySet<string> = new Set()
  #wake = (): void => undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(context: RedriveContext<Tables>) {
    this.#context = context
  }

  get memberId(): string {
    return this.#context.member.id
  }

  start(pollMs: number): void {
    this.#looking = this.#lookFromTimeToTime(pollMs)
  }

  /** From now on this member reads these partitions, and no others. */
  assign(partitions: readonly PartitionRef[]): void {
    this.#owned = new Set(partitions.map(placeOf))
    this.#context.reporter.keepOnly((at) => this.#owned.has(placeOf(at)))
    this.#wake()
  }

  async take(record: EventRecord, aside: Aside): Promise<boolean> {
    const isHeld = await this.#context.member.hold().then(yes, no)
    if (!isHeld || !this.#goesOnWith(record) || !this.#isRoomBeside(record)) return false
    this.#begin(record, { aside, first: () => this.#finish(record, aside) })
    return true
  }

  /** Waits for what is followed until others have waited long enough. */
  async stop(longEnough: Promise<void>): Promise<void> {
    const following = [...this.#following.values()].map(({ done }) => done)
    // The last delivery may have ended just now, and what it set aside is to be written.
    const lastWrites = Promise.all([longEnough, delay(lastWritesMs, undefined, { ref: false })])
    await Promise.race([Promise.all([this.#looking, ...following]), lastWrites])
    await this.#context.member.leave()
  }

  #isRoomBeside(at: PartitionRef): boolean {
    const aside = [...this.#following.values()].filter((one) => one.aside !== undefined && placeOf(one) === placeOf(at))
    return aside.length < mostSetAside
  }

  async #lookFromTimeToTime(pollMs: number): Promise<void> {
    const { own, stopping, subscription } = this.#context
    stopping.addEventListener('abort', () => this.#wake())
    while (!stopping.aborted) {
      const woken = new AbortController()
      this.#wake = () => woken.abort()
      const streams = await streamsToRedrive(own.reader, subscription.group).catch(() => [])
      for (const stream of streams)
        if (this.#owned.has(placeOf(stream)) && !this.#following.has(streamKeyOf(stream)))
          this.#begin(stream, { aside: undefined, first: () => this.#redrive(stream) })
      await delay(pollMs, undefined, { signal: woken.signal }).catch(() => undefined)
    }
  }

  #begin(
    { topic, partition, stream }: Stream,
    { aside, first }: { readonly aside: Aside | undefined; readonly first: () => Promise<Step> },
  ): void {
    const at = { topic, partition, stream }
    const key = streamKeyOf(at)
    const before = this.#following.get(key)?.done
    const follow = () => this.#follow(at, first)
    const following = aside === undefined ? this.#limitOf(at)(follow) : follow()
    const end = async () => {
      const handled = await following
      // Another loop of the stream, which began when an effect was set aside, has what there is to say.
      const isLast = this.#following.get(key)?.done === done
      if (isLast) this.#context.reporter.recovered(at)
      if (handled > 0) this.#context.reporter.redriven(at, handled)
      if (isLast) this.#following.delete(key)
      await before
    }
    const done: Promise<void> = end()
    this.#following.set(key, { ...at, aside, done })
  }

  #limitOf(at: PartitionRef): LimitFunction {
    const limit = this.#redriven.get(placeOf(at)) ?? pLimit(mostRedriven)
    this.#redriven.set(placeOf(at), limit)
    return limit
  }

  /**
   * Until the stream is free, its first event cannot be handled, or its partition is another member's. Resolves with how many events
   * were dealt with.
   */
  async #follow(at: Stream, first: () => Promise<Step>): Promise<number> {
    const { reporter } = this.#context
    const progress = { handled: 0, tries: 0 }
    for (let step = first; ; step = () => this.#redrive(at))
      try {
        const result = await step()
        progress.tries = 0
        if (result === 'handled') progress.handled++
        if (result === 'free' || result === 'stays' || !this.#goesOnWith(at)) break
      } catch (error) {
        if (!this.#goesOnWith(at)) break
        reporter.failed(error, at, ++progress.tries)
        await delay(backoffMs(progress.tries), undefined, { signal: this.#context.stopping }).catch(() => undefined)
        if (!this.#goesOnWith(at)) break
      }
    return progress.handled
  }

  #goesOnWith(at: PartitionRef): boolean {
    return !this.#context.stopping.aborted && this.#owned.has(placeOf(at))
  }

  async #finish(record: EventRecord, aside: Aside): Promise<Step> {
    const ended = () => aside.written.then(() => aside.effect)
    const step = await this.#context.underWay.during(record, () => settleEffect(record, ended, this.#context))
    if (step !== 'handled') return step
    if (this.#following.get(streamKeyOf(record))?.aside === aside) this.#context.reporter.recovered(record)
    this.#context.reporter.handled(1, record)
    return 'again'
  }

  async #redrive(at: Stream): Promise<Step> {
    // It may have waited for its turn.
    if (!this.#goesOnWith(at)) return 'stays'
    return redriveFirst({ ...at, group: this.#context.subscription.group }, this.#context)
  }
}

const yes = (): boolean => true
const no = (): boolean => false
const streamKeyOf = (at: Stream): string => `${placeOf(at)}/${at.stream}`
