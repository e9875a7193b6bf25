import { setTimeout as delay } from 'node:timers/promises'
import type { PartitionRef } from '../event-log.ts'
import { News, type OnNews } from '../news.ts'
import type { Ends } from './event-table-reader.ts'

export interface EndWatcherOptions {
  readonly readEnds: (topics: readonly string[]) => Promise<ReadonlyMap<string, Ends>>
  readonly onNews: OnNews
}

// Events of another process (a command of the CLI) reach subscribers within this time.
const pollMs = 250
// Under load each look waits for so long: a delivery then carries all that was recorded meanwhile, for one flush of the subscriber.
const restMs = 40
// More events than these in a millisecond are load. Far above a busy shop, whose subscribers are to hear of each event at once; far
// below what a store records if many clients write.
const loadPerMs = 1
// How fast the measure of load forgets.
const memoryMs = 100

interface Waiter extends PartitionRef {
  readonly after: number
  readonly wake: (isBeyond: boolean) => void
}

/**
 * Lets the readers of all partitions of all topics of a process wait for something new, with one query for all of them: at once after
 * news, every `restMs` under load, every `pollMs` without news.
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
  /** Events per millisecond of late. */
  #load = 0

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
      if (this.#load > loadPerMs) await delay(restMs, undefined, { signal }).catch(() => undefined)
      const topics = await this.#news.wait(Math.max(0, this.#lastFullLook + pollMs - performance.now()), signal)
      if (!signal.aborted) await this.#look(topics)
    }
  }

  /** At what there is news of; at everything if that is not known, or was not looked at for long. */
  async #look(news: ReadonlySet<string> | null | undefined): Promise<void> {
    const now = performance.now()
    const isFull = news === undefined || news === null || now - this.#lastFullLook >= pollMs
    const topics = [...this.#watched.keys()].filter((topic) => isFull || news.has(topic))
    if (isFull) this.#lastFullLook = now
    if (topics.length === 0) return
    const ends = await this.#options.readEnds(topics).catch(() => undefined)
    if (ends !== undefined) this.#remember(ends, now)
    const looked = new Set(topics)
    // Without an answer everyone is woken: the read that follows meets the fault, and says it.
    for (const waiter of this.#waiters)
      if (ends === undefined && looked.has(waiter.topic)) waiter.wake(false)
      else if (this.#endOf(waiter) > waiter.after) waiter.wake(true)
  }

  #remember(ends: ReadonlyMap<string, Ends>, now: number): void {
    let found = 0
    for (const [topic, ofTopic] of ends) {
      if (!this.#watched.has(topic)) continue
      for (const [partition, end] of ofTopic) found += Math.max(0, end - this.#endOf({ topic, partition }))
      this.#ends.set(topic, ofTopic)
    }
    // An exponential mean: a look counts the more, the longer it is since the one before.
    const elapsed = Math.max(0.1, now - this.#lastLook)
    this.#load += (found / elapsed - this.#load) * -Math.expm1(-elapsed / memoryMs)
    this.#lastLook = now
  }
}
