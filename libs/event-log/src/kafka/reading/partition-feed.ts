import type { PartitionRef } from '../../event-log.ts'
import type { Cluster } from '../cluster.ts'
import type { FoundPage, FoundRecord, PageReader } from './page.ts'
import { createPageDecoder, pageBytes } from './partition-reader.ts'
import type { FetchAnswer } from '../protocol/fetch.ts'

/** Where a feed gets its answers from: it says when it wants some. */
export interface Feeder {
  /** Resolves when a fetcher reads for the feed. Rejects with LOG_UNAVAILABLE. */
  attach(feed: PartitionFeed): Promise<void>
  detach(feed: PartitionFeed): void
  /** The feed may be read for again. */
  wake(feed: PartitionFeed): void
}

interface Waiting {
  readonly since: number
  readonly waitMs: number
  readonly resolve: (page: FoundPage) => void
  readonly reject: (error: unknown) => void
}

/**
 * One partition as it comes from a connection that all followed partitions of a broker share. While a page is worked on, the next ones
 * are kept: at most twice `pageBytes`, or one batch more. A feed that is full is left out until its reader comes back.
 */
export class PartitionFeed implements PageReader {
  readonly at: PartitionRef
  readonly #feeder: Feeder
  readonly #decode: ReturnType<typeof createPageDecoder>
  readonly #found: FoundRecord[] = []
  #bytes = 0
  /** The offset at which the next request begins, if there is one to be made. */
  #next = 0
  /** The offset of the first record that is kept, or would be. */
  #from = 0
  #bounds = { start: 0, end: 0 }
  #isAttached = false
  #isPaused = true
  #isFirst = true
  /** The broker had more to give, and gave nothing. */
  #isHungry = false
  /** Counts the jumps: what was asked for before one says nothing after it. */
  #jumps = 0
  #waiting: Waiting | undefined
  #isClosed = false

  constructor(cluster: Cluster, at: PartitionRef, feeder: Feeder) {
    this.at = at
    this.#feeder = feeder
    this.#decode = createPageDecoder(cluster, at)
  }

  /** Whether the next request should ask for this partition. */
  get isWanting(): boolean {
    return !this.#isPaused && this.#bytes < pageBytes
  }

  get isHungry(): boolean {
    return this.#isHungry
  }

  /** The offset to ask for, and which jump it belongs to. */
  get wanted(): { readonly offset: number; readonly jump: number } {
    return { offset: this.#next, jump: this.#jumps }
  }

  /**
   * The records from an offset on, if there are any by then; waits up to about `waitMs` for some. A first answer after a jump comes
   * without waiting. For one reader, that asks again at `next` of the page or anywhere else.
   */
  async fetch(offset: number, { waitMs = 0 }: { readonly waitMs?: number } = {}): Promise<FoundPage> {
    if (this.#isClosed) throw new Error('the feed is closed')
    const isJump = offset !== this.#from || this.#isPaused
    if (isJump) this.#jumpTo(offset)
    if (this.#found.length > 0 || this.#next > this.#from) return this.#takePage()
    const page = new Promise<FoundPage>((resolve, reject) => {
      this.#waiting = { since: performance.now(), waitMs, resolve, reject }
    })
    // It may be told to stop before anybody listens.
    page.catch(() => undefined)
    if (!this.#isAttached) await this.#attach()
    else if (isJump) this.#feeder.wake(this)
    return page
  }

  /** Takes in what a broker answered. */
  async give(answer: FetchAnswer, { offset, jump }: PartitionFeed['wanted']): Promise<void> {
    if (jump !== this.#jumps) return
    try {
      const page = await this.#decode(answer, offset)
      if (jump === this.#jumps) this.#keep(page, answer.batches.length)
    } catch (error) {
      if (jump === this.#jumps) this.fail(error)
    }
  }

  /** Takes in that there is nothing: most answers, in a quiet shop. */
  giveNothing({ start, end }: FetchAnswer, { offset, jump }: PartitionFeed['wanted']): void {
    if (jump === this.#jumps) this.#keep({ start, end, found: [], next: offset, isOutOfRange: false }, 0)
  }

  /** No answer will come: whoever waits is told, and the next call finds the broker anew. */
  fail(error: unknown): void {
    this.#detach()
    this.#isPaused = true
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }

  close(): Promise<void> {
    this.#isClosed = true
    this.fail(new Error('the feed is closed'))
    return Promise.resolve()
  }

  #jumpTo(offset: number): void {
    this.#jumps++
    this.#found.length = 0
    this.#bytes = 0
    this.#next = this.#from = offset
    this.#isPaused = false
    this.#isFirst = true
    this.#isHungry = false
  }

  #keep(page: FoundPage, bytes: number): void {
    this.#bounds = { start: page.start, end: page.end }
    if (page.isOutOfRange) {
      this.#isPaused = true
      this.#waiting?.resolve(page)
      this.#waiting = undefined
      return
    }
    for (const record of page.found) this.#found.push(record)
    this.#bytes += bytes
    this.#next = page.next
    this.#isHungry = bytes === 0 && page.end > page.next
    const waiting = this.#waiting
    if (waiting === undefined) return
    const isLate = performance.now() - waiting.since >= waiting.waitMs
    if (bytes === 0 && (this.#isHungry || !(this.#isFirst || isLate))) return
    this.#isFirst = false
    this.#waiting = undefined
    waiting.resolve(this.#takePage())
  }

  #takePage(): FoundPage {
    const page = { ...this.#bounds, found: [...this.#found], next: this.#next, isOutOfRange: false }
    this.#found.length = 0
    this.#from = this.#next
    const wasFull = !this.isWanting
    this.#bytes = 0
    if (wasFull) this.#feeder.wake(this)
    return page
  }

  async #attach(): Promise<void> {
    try {
      await this.#feeder.attach(this)
      this.#isAttached = true
      if (this.#isClosed) this.#detach()
    } catch (error) {
      this.fail(error)
    }
  }

  #detach(): void {
    if (this.#isAttached) this.#feeder.detach(this)
    this.#isAttached = false
  }
}
