import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { takeInOrder } from '../../take-in-order.ts'
import type { FoundPage } from './page.ts'

export interface OrderedReaderOptions {
  readonly topic: string
  readonly partition: number
  /** The identity that records must have; null takes the first one's. */
  readonly logId: string | null
  /** The seq of the last record taken. */
  readonly after: number
  /** The id of that record; null, the default, if it is not known. */
  readonly afterId?: string | null
}

/**
 * Reads a partition of a Kafka topic by the one rule: take only what is next. It remembers what it saw on the way: where the last record
 * taken lies, whether it is at a gap, how many records are not ours.
 */
export class OrderedReader {
  readonly #topic: string
  readonly #partition: number
  readonly #after: number
  readonly #afterId: string | null
  #logId: string | null
  #last: number
  #lastId: string | null
  #lastOffset: number | undefined
  #highest: number
  #unrecognised = 0
  #hasSeenLast = false
  #doubt: string | undefined

  constructor({ topic, partition, logId, after, afterId = null }: OrderedReaderOptions) {
    this.#topic = topic
    this.#partition = partition
    this.#logId = logId
    this.#after = after
    this.#afterId = afterId
    this.#last = after
    this.#lastId = afterId
    this.#highest = after
  }

  /** The identity of the log; null as long as no record told it. */
  get logId(): string | null {
    return this.#logId
  }

  /** The seq of the first record to take. */
  get first(): number {
    return this.#after + 1
  }

  /** The seq of the last record taken. */
  get last(): number {
    return this.#last
  }

  /** Where the last record taken lies, or its latest repeat; undefined if it was not seen. */
  get lastOffset(): number | undefined {
    return this.#lastOffset
  }

  /** A later record was seen, the next one was not. It may still lie earlier in the topic, if a gap was mended in part. */
  get isAtGap(): boolean {
    return this.#highest > this.#last
  }

  /** The last record taken was seen, here or as a repeat: what is next, if it is there, comes after it. */
  get hasSeenLast(): boolean {
    return this.#hasSeenLast
  }

  /**
   * The id of another event that was seen at `after`; undefined if there was none, or if the right one was seen, too: then the other
   * is a repeat that somebody else made. As long as there is a doubt, nothing is taken.
   */
  get doubt(): string | undefined {
    return this.#doubt
  }

  /** The highest seq that was seen. */
  get highest(): number {
    return this.#highest
  }

  /** How many records were passed over because they are not of our making. */
  get unrecognised(): number {
    return this.#unrecognised
  }

  /** The records of a page that are next; none while there is a doubt. Throws LOG_FOREIGN for a record of another store. */
  take(page: FoundPage): readonly EventRecord[] {
    const ours: EventRecord[] = []
    for (const { record, offset } of page.found)
      if (record === undefined || this.#isStrange(record)) this.#unrecognised++
      else {
        if (record.seq > this.#highest) this.#highest = record.seq
        if (record.seq === this.#last) this.#sawLast(offset)
        ours.push(record)
      }
    if (this.#doubt !== undefined) return []
    const { records } = takeInOrder(ours, this.#last)
    const taken = records.at(-1)
    if (taken !== undefined) {
      const { seq, eventId } = taken
      this.#last = seq
      this.#lastId = eventId
      this.#sawLast(page.found.findLast(({ record }) => record?.seq === seq && record.eventId === eventId)!.offset)
    }
    return records
  }

  #sawLast(offset: number): void {
    this.#hasSeenLast = true
    this.#lastOffset = offset
    this.#doubt = undefined
  }

  /** Whether a record has the number of an event that is known, and is another one. */
  #isStrange({ logId, seq, eventId }: EventRecord): boolean {
    this.#logId ??= logId
    if (logId !== this.#logId)
      throw new MagasinError(
        'LOG_FOREIGN',
        `${this.#topic} partition ${this.#partition} on the broker holds events of the store ${logId}, and this is ${this.#logId}: give the topic of each store a name of its own (MAGASIN_TOPIC_PREFIX, or KAFKA_TOPIC if that names it)`,
        { facts: { topic: this.#topic, partition: this.#partition } },
      )
    const known = seq === this.#last ? this.#lastId : seq === this.#after ? this.#afterId : null
    if (known === null || known === eventId) return false
    // What was read on from there is the log all the same.
    if (this.#last === this.#after && !this.#hasSeenLast) this.#doubt = eventId
    return true
  }
}
