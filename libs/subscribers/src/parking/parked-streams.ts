import { setTimeout as delay } from 'node:timers/promises'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { PartitionRef } from '@magasin/event-log/event-log'
import { backoffMs } from '../delivery/backoff.ts'
import type { Outcome } from '../delivery/effect.ts'
import type { SetAside } from '../delivery/handle-outside.ts'
import { streamsToRedrive } from './parked-rows.ts'
import { redriveFirst, settleEffect, type RedriveContext, type Step } from './redrive.ts'
import type { SubscriberTables } from '../tables.ts'

// More: while a mail server hangs, as many events of each partition are parked. Fewer: as many streams that hang hold up all others.
const mostSetAside = 16
// What does not end when it is asked to is left alone then, and done again by the next owner.
const stopGraceMs = 2_000

type Stream = PartitionRef & { readonly stream: string }

/** A stream that is followed now, and whether that began with an effect that was set aside. */
interface Following extends Stream {
  readonly isSetAside: boolean
  readonly done: Promise<void>
}

/**
 * Goes on with streams that have parked events: when somebody asks for it, when an effect that was set aside ends, or when the
 * member that had one under way is gone. Only in partitions that this member reads; each stream by itself, with a growing pause.
 */
export class ParkedStreams<Tables extends SubscriberTables> implements SetAside {
  readonly #context: RedriveContext<Tables>
  readonly #following = new Map<string, Following>()
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
    this.#owned = new Set(partitions.map(keyOf))
    this.#context.reporter.keepOnly((at) => this.#owned.has(keyOf(at)))
    this.#wake()
  }

  async take(record: EventRecord, effect: Promise<Outcome>): Promise<boolean> {
    const aside = [...this.#following.values()].filter((one) => one.isSetAside && keyOf(one) === keyOf(record))
    const isHeld = aside.length < mostSetAside && (await this.#context.member.hold().then(yes, no))
    if (isHeld) this.#begin(record, { isSetAside: true, first: () => this.#finish(record, effect) })
    return isHeld
  }

  async stop(): Promise<void> {
    const following = [...this.#following.values()].map(({ done }) => done)
    await Promise.race([Promise.all([this.#looking, ...following]), delay(stopGraceMs, undefined, { ref: false })])
    await this.#context.member.leave()
  }

  async #lookFromTimeToTime(pollMs: number): Promise<void> {
    const { own, stopping, subscription } = this.#context
    stopping.addEventListener('abort', () => this.#wake())
    while (!stopping.aborted) {
      const woken = new AbortController()
      this.#wake = () => woken.abort()
      const streams = await streamsToRedrive(own.reader, subscription.group).catch(() => [])
      for (const stream of streams)
        if (this.#owned.has(keyOf(stream)) && !this.#following.has(streamKeyOf(stream)))
          this.#begin(stream, { isSetAside: false, first: () => this.#redrive(stream) })
      await delay(pollMs, undefined, { signal: woken.signal }).catch(() => undefined)
    }
  }

  #begin(
    { topic, partition, stream }: Stream,
    { isSetAside, first }: { readonly isSetAside: boolean; readonly first: () => Promise<Step> },
  ): void {
    const at = { topic, partition, stream }
    const key = streamKeyOf(at)
    const done = this.#follow(at, first).finally(() => this.#following.delete(key))
    this.#following.set(key, { ...at, isSetAside, done })
  }

  /** Until the stream is free, its first event cannot be handled, or its partition is another member's. */
  async #follow(at: Stream, first: () => Promise<Step>): Promise<void> {
    const { reporter } = this.#context
    const progress = { handled: 0, tries: 0 }
    for (let step = first; ; step = () => this.#redrive(at))
      try {
        const result = await step()
        progress.tries = 0
        if (result === 'handled') progress.handled++
        if (result === 'free' || result === 'stays' || !this.#goesOnWith(at)) break
      } catch (error) {
        reporter.failed(error, at, ++progress.tries)
        await delay(backoffMs(progress.tries), undefined, { signal: this.#context.stopping }).catch(() => undefined)
        if (!this.#goesOnWith(at)) break
      }
    reporter.recovered(at)
    if (progress.handled > 0) reporter.redriven(at, progress.handled)
  }

  #goesOnWith(at: Stream): boolean {
    return !this.#context.stopping.aborted && this.#owned.has(keyOf(at))
  }

  async #finish(record: EventRecord, effect: Promise<Outcome>): Promise<Step> {
    const step = await settleEffect(record, await effect, this.#context)
    if (step === 'stays') return step
    this.#context.reporter.recovered(record)
    this.#context.reporter.handled(1, record)
    return 'again'
  }

  #redrive(at: Stream): Promise<Step> {
    return redriveFirst({ ...at, group: this.#context.subscription.group }, this.#context)
  }
}

const yes = (): boolean => true
const no = (): boolean => false
const keyOf = ({ topic, partition }: PartitionRef): string => `${topic}/${partition}`
const streamKeyOf = (at: Stream): string => `${keyOf(at)}/${at.stream}`
