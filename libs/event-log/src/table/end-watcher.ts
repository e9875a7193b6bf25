import { setTimeout as delay } from 'node:timers/promises'
import type { PartitionRef } from '../event-log.ts'
import { News, type OnNews } from '../news.ts'
import type { Ends } from './event-table-reader.ts'

export interface EndWatcherOptions {
  /** Of all topics by default. */
  readonly readEnds: (topics?: readonly string[]) => Promise<ReadonlyMap<string, Ends>>
  readonly onNews: OnNews
}

// Events of another process (a command of the CLI) reach subscribers within this time.
const pollMs = 250
// While the process is busy each look waits for up to so long: a delivery then carries all that was recorded meanwhile, for one flush of
// the subscriber, and the commands keep their share of the time.
const mostRestMs = 40
// The shares of the time in which the process is at work, from which on looks wait, and from which on they wait for as long as they may.
// Below, the time is there, and a subscriber hears of each event at once.
const calm = 0.7
const full = 0.95
// How fast that measure forgets: longer than one commit, shorter than anybody notices.
const memoryMs = 100

interface Waiter extends PartitionRef {
  readonly after: number
  readonly wake: (isBeyond: boolean) => void
}

/**
 * Lets the readers of all partitions of all topics of a process wait for something new, with one query for all of them: at once after
 * news, less often if the process is busy, every `pollMs` without news.
 */
export class EndWatcher {
  readonly #options: EndWatcherOptions
  readonly #waiters = new Set<Waiter>()
  readonly #news: News
  readonly #closing = new AbortController()
  /** How many subscriptions watch a topic. */
  readonly #watched = new Map<string, number>()
  readonly #ends = new Map<string, Ends>()
  #running: Promise<void> | undefined
  #lastLook = performance.now()
  #lastFullLook = -Infinity
  #lastUse = performance.eventLoopUtilization()
  /** The share of the time in which the process was at work of late. */
  #busy = 0

  constructor(options: EndWatcherOptions) {
    this.#options = options
    this.#news = new News(options.onNews)
  }

  /** Watches topics from now on; returns how to end that. */
  watch(ends: ReadonlyMap<string, Ends>): () => void {
    for (const [topic, ofTopic] of ends) {
      this.#watched.set(topic, (this.#watched.get(topic) ?? 0) + 1)
      if (!this.#ends.has(topic)) this.#ends.set(topic, ofTopic)
    }
    this.#running ??= this.#run()
    return () => {
      for (const topic of ends.keys()) {
        const others = this.#watched.get(topic)! - 1
        if (others > 0) this.#watched.set(topic, others)
        else {
          this.#watched.delete(topic)
          this.#ends.delete(topic)
        }
      }
    }
  }

  /** Resolves with true when the partition ends beyond `after`; with false when it may, or when `signal` aborts. */
  waitBeyond({ topic, partition }: PartitionRef, after: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    if (this.#endOf({ topic, partition }) > after) return Promise.resolve(true)
    return new Promise((resolve) => {
      const stop = () => waiter.wake(false)
      const waiter = {
        topic,
        partition,
        after,
        wake: (isBeyond: boolean) => {
          this.#waiters.delete(waiter)
          signal.removeEventListener('abort', stop)
          resolve(isBeyond)
        },
      }
      signal.addEventListener('abort', stop)
      this.#waiters.add(waiter)
    })
  }

  /** The ends of a topic as they were last seen; undefined for one that nobody watches. */
  ends(topic: string): Ends | undefined {
    return this.#ends.get(topic)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#news.close()
    await this.#running
  }

  #endOf({ topic, partition }: PartitionRef): number {
    return this.#ends.get(topic)?.get(partition) ?? 0
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      const restMs = mostRestMs * Math.min(1, (this.#busy - calm) / (full - calm))
      if (restMs >= 1) await delay(restMs, undefined, { signal }).catch(() => undefined)
      const topics = await this.#news.wait(Math.max(0, this.#lastFullLook + pollMs - performance.now()), signal)
      if (!signal.aborted) await this.#look(topics)
    }
  }

  /** At what there is news of; at everything if that is not known, or was not looked at for long. */
  async #look(news: ReadonlySet<string> | null | undefined): Promise<void> {
    const now = performance.now()
    const isFull = news === undefined || news === null || now - this.#lastFullLook >= pollMs
    if (isFull) this.#lastFullLook = now
    const topics = isFull ? undefined : [...news].filter((topic) => this.#watched.has(topic))
    if (this.#watched.size === 0 || topics?.length === 0) return
    this.#measure(now)
    const ends = await this.#options.readEnds(topics).catch(() => undefined)
    for (const [topic, ofTopic] of ends ?? []) if (this.#watched.has(topic)) this.#ends.set(topic, ofTopic)
    const looked = topics && new Set(topics)
    // Without an answer everyone is woken: the read that follows meets the fault, and says it.
    for (const waiter of this.#waiters)
      if (ends === undefined && (looked?.has(waiter.topic) ?? true)) waiter.wake(false)
      else if (this.#endOf(waiter) > waiter.after) waiter.wake(true)
  }

  #measure(now: number): void {
    const use = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(use, this.#lastUse)
    // An exponential mean: a measure counts the more, the longer the time that it is of.
    this.#busy += (utilization - this.#busy) * -Math.expm1((this.#lastLook - now) / memoryMs)
    this.#lastUse = use
    this.#lastLook = now
  }
}
