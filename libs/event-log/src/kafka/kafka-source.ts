import type { EventRecord } from '@magasin/contracts/event-record'
import { refuseDiverged } from '../check-position.ts'
import type { PartitionRef, Position, Positions } from '../event-log.ts'
import type { NextRecords, PartitionSource } from '../follow-partition.ts'
import { removedError } from '../take-in-order.ts'
import { OrderedReader } from './reading/ordered-reader.ts'
import type { FoundPage, PageReader } from './reading/page.ts'

export interface KafkaSourceOptions {
  readonly at: PartitionRef
  readonly group: string
  readonly reader: PageReader
  /** The offset that the group committed last: where to begin to look, no more. Undefined if there is none. */
  readonly committedOffset: () => Promise<number | undefined>
  /** Resolves with whether it is committed. */
  readonly commit: (offset: number) => Promise<boolean>
  /** So many records were passed over because they are not of our making. */
  readonly onUnrecognised: (count: number) => void
}

// Committed more often than somebody restarts, and less often than events come.
const commitEveryMs = 1_000
// How long it waits for events if there is nothing to commit.
const idleWaitMs = 60_000
// What looks for the event at a position reads the whole partition, and what it looks for seldom comes back.
const lookAgainMs = 30_000

/**
 * One partition of a topic. It begins at the group's committed offset if that is proven, else at the first record that is still there.
 * It looks once from the beginning for an event that is missing, then tells of it and follows the end, where it will be mended.
 */
export class KafkaSource implements PartitionSource {
  readonly #options: KafkaSourceOptions
  #ordered: OrderedReader
  #position: Position | undefined
  /** Another event was at this position, and the right one nowhere. */
  #diverged: { readonly position: Position; readonly found: string; readonly at: number } | undefined
  /** The offset to read next. */
  #at = 0
  /** The next event cannot lie before `#at`, unless it was read. */
  #isProven = false
  /** The event that was looked for from the beginning already. */
  #searchedFor = 0
  /** What was read after the proof. */
  #ready: FoundPage | undefined
  /** How many records lie after `#at`. */
  #ahead = 0
  #pending: number | undefined
  #committed: number | undefined
  #committedAt = -Infinity

  constructor(options: KafkaSourceOptions) {
    this.#options = options
    this.#ordered = new OrderedReader({ ...options.at, logId: null, after: 0 })
  }

  async seek(positions: Positions): Promise<void> {
    const { at } = this.#options
    const position = positions.get(at.partition)
    this.#position = position
    this.#refuseAgain()
    // A subscriber that was never here follows the log in which its other positions are.
    const logId = position?.logId ?? positions.values().next().value?.logId ?? null
    const after = position?.seq ?? 0
    this.#ordered = new OrderedReader({ ...at, logId, after, afterId: position?.eventId ?? null })
    this.#pending = undefined
    this.#ready = undefined
    this.#isProven = false
    this.#at = after === 0 ? 0 : await this.#provenOffset()
    this.#isProven ||= this.#at > 0 && this.#ordered.hasSeenLast
    this.#searchedFor = this.#at > 0 ? 0 : after + 1
  }

  async next(): Promise<NextRecords> {
    const { at, reader } = this.#options
    const waitMs = this.#isCommitted() ? idleWaitMs : commitEveryMs
    let page = this.#ready ?? (await reader.fetch(this.#at, { waitMs }))
    this.#ready = undefined
    if (page.isOutOfRange && this.#at > 0) return this.#startOver()
    this.#isProven ||= this.#at === 0 && !page.isOutOfRange
    let records = this.#take(page)
    if (this.#ordered.doubt !== undefined) ({ page, records } = await this.#lookForOurs(this.#ordered.doubt))
    this.#at = page.next
    this.#ahead = Math.max(0, page.end - page.next)
    const seq = this.#ordered.last + 1
    if (this.#ahead > 0 || !this.#isMissing()) return { records, gap: null }
    if (this.#searchedFor === seq) return { records, gap: { seq, alarm: removedError({ ...at, seq }) } }
    this.#searchedFor = seq
    this.#at = 0
    return { records, gap: null }
  }

  async delivered(): Promise<void> {
    const { lastOffset, isAtGap } = this.#ordered
    // At a gap an event of before may be next: nobody is to begin after it.
    if (lastOffset !== undefined && !isAtGap) this.#pending = lastOffset + 1
    if (performance.now() - this.#committedAt >= commitEveryMs) await this.#commit()
  }

  lagAfter(seq: number): number {
    return Math.max(this.#ahead, this.#ordered.highest - seq)
  }

  async close(): Promise<void> {
    // A fetch under way may wait for something new; nothing of it would be delivered any more.
    await this.#options.reader.close()
    await this.#commit()
  }

  /**
   * The committed offset, if the record before it is one that the subscriber has seen; else 0, the beginning. The offset alone proves
   * nothing: a topic that was made anew, or a broker that came back with less, gives it to other records.
   */
  async #provenOffset(): Promise<number> {
    const { committedOffset, reader } = this.#options
    const offset = await committedOffset()
    if (offset === undefined || offset === 0) return 0
    const page = await reader.fetch(offset - 1)
    const { found, isOutOfRange, start } = page
    if (isOutOfRange) {
      // All that was read was removed, and nothing else: a shop in which nothing happens for longer than events are kept.
      this.#isProven = start === offset
      return start === offset ? offset : 0
    }
    const [before] = found
    const { logId, last } = this.#ordered
    if (before?.offset !== offset - 1 || before.record === undefined) return 0
    if (before.record.logId !== logId || before.record.seq > last) return 0
    this.#ordered.take({ ...page, found: [before] })
    if (this.#ordered.doubt !== undefined) return 0
    this.#ready = { ...page, found: found.slice(1) }
    return offset
  }

  /**
   * Another event lies at the position. Reads from the beginning up to the page that holds the right one: then the other is somebody's
   * repeat. Throws LOG_DIVERGED if there is none.
   */
  async #lookForOurs(found: string): Promise<{ readonly page: FoundPage; readonly records: readonly EventRecord[] }> {
    // What was passed over meanwhile may be next.
    this.#searchedFor = 0
    for (let offset = 0; ;) {
      const page = await this.#options.reader.fetch(offset)
      const records = this.#take(page)
      if (this.#ordered.doubt === undefined) return { page, records }
      offset = page.next
      if (offset < page.end) continue
      this.#diverged = { position: this.#position!, found, at: performance.now() }
      this.#refuseAgain()
    }
  }

  /** Throws LOG_DIVERGED if that was found out for the same position a short while ago. */
  #refuseAgain(): void {
    if (this.#diverged === undefined) return
    const { position, found, at: since } = this.#diverged
    if (position.eventId !== this.#position?.eventId || performance.now() - since >= lookAgainMs) return
    const { at, group } = this.#options
    refuseDiverged({ group, ...at, position }, found)
  }

  #take(page: FoundPage): readonly EventRecord[] {
    const before = this.#ordered.unrecognised
    const records = this.#ordered.take(page)
    this.#options.onUnrecognised(this.#ordered.unrecognised - before)
    return records
  }

  /** The next event is not where it should be by now. */
  #isMissing(): boolean {
    return this.#ordered.isAtGap || !(this.#isProven || this.#ordered.hasSeenLast)
  }

  /** What came next was removed, or the broker came back with less: where it stood means nothing any more. */
  #startOver(): NextRecords {
    this.#at = 0
    this.#isProven = false
    // That the last event was seen where it lay before says nothing of where it lies now.
    const { logId, last } = this.#ordered
    this.#ordered = new OrderedReader({ ...this.#options.at, logId, after: last })
    this.#searchedFor = last + 1
    this.#ahead = 0
    return { records: [], gap: null }
  }

  #isCommitted(): boolean {
    return this.#pending === undefined || this.#pending === this.#committed
  }

  async #commit(): Promise<void> {
    const offset = this.#pending
    if (offset === undefined || this.#isCommitted()) return
    this.#committedAt = performance.now()
    if (await this.#options.commit(offset)) this.#committed = offset
  }
}
