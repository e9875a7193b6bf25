/** Where a topic's partitions end, by partition. */
export type Ends = ReadonlyMap<number, number>

export interface EndWatcherOptions {
  readonly readEnds: () => Promise<Ends>
  /** Calls back when there may be something new; returns how to stop that. */
  readonly onNews: (listener: () => void) => () => void
  /** How often it looks without being told, since other processes write too. */
  readonly pollMs: number
  /** The least time between two looks. Under load it is what makes a delivery carry several events. */
  readonly restMs: number
}

/**
 * Lets the readers of a topic's partitions wait for something new with one query for all of them: at once when nothing was
 * looked at for a while, at most every `restMs` under load, every `pollMs` when nobody tells of news.
 */
export class EndWatcher {
  readonly #options: EndWatcherOptions
  readonly #waiting = new Set<{
    readonly partition: number
    readonly after: number
    readonly wake: (isBeyond: boolean) => void
  }>()
  readonly #stopNews: () => void
  #timer: NodeJS.Timeout | undefined
  #timerDue = Infinity
  #lastLook = -Infinity
  #looking = false
  #newsWhileLooking = false
  #ends: Ends | undefined

  constructor(options: EndWatcherOptions) {
    this.#options = options
    this.#stopNews = options.onNews(() => this.#lookIn(this.#lastLook + options.restMs - performance.now()))
  }

  /** Resolves with true when the partition ends beyond `after`; with false when it may, or when `signal` aborts. */
  waitBeyond(partition: number, after: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    return new Promise((resolve) => {
      const waiter = {
        partition,
        after,
        wake: (isBeyond: boolean) => {
          this.#waiting.delete(waiter)
          signal.removeEventListener('abort', stop)
          resolve(isBeyond)
        },
      }
      const stop = () => waiter.wake(false)
      signal.addEventListener('abort', stop)
      this.#waiting.add(waiter)
      this.#lookIn(this.#lastLook + this.#options.restMs - performance.now())
    })
  }

  /** The ends as they were last seen; undefined before the first look. */
  ends(): Ends | undefined {
    return this.#ends
  }

  close(): void {
    this.#stopNews()
    clearTimeout(this.#timer)
  }

  #lookIn(ms: number): void {
    const due = performance.now() + Math.max(0, ms)
    if (this.#looking) this.#newsWhileLooking = true
    if (this.#looking || due >= this.#timerDue || this.#waiting.size === 0) return
    clearTimeout(this.#timer)
    this.#timerDue = due
    this.#timer = setTimeout(() => void this.#look(), Math.max(0, ms))
  }

  async #look(): Promise<void> {
    this.#timerDue = Infinity
    this.#looking = true
    this.#newsWhileLooking = false
    const ends = await this.#options.readEnds().catch(() => undefined)
    this.#looking = false
    this.#ends = ends ?? this.#ends
    this.#lastLook = performance.now()
    // Without an answer everyone is woken: the read that follows meets the fault, and says it.
    for (const waiter of this.#waiting)
      if (ends === undefined) waiter.wake(false)
      else if ((ends.get(waiter.partition) ?? 0) > waiter.after) waiter.wake(true)
    this.#lookIn(this.#newsWhileLooking ? this.#options.restMs : this.#options.pollMs)
  }
}
