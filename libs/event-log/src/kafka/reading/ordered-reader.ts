import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { refuseDiverged } from '../../check-position.ts'
import type { Position } from '../../event-log.ts'
import { takeInOrder } from '../../take-in-order.ts'
import type { FoundPage } from './partition-reader.ts'

export interface OrderedReaderOptions {
  readonly topic: string
  readonly partition: number
  /** The identity that records must have; null takes the first one's. */
  readonly logId: string | null
  /** The seq of the last record taken. */
  readonly after: number
  /** Whose position that is: a record at `after` that is another event throws LOG_DIVERGED. */
  readonly holder?: { readonly group: string; readonly position: Position }
}

/**
 * Reads a partition of a Kafka topic by the one rule: take only what is next. It remembers what it saw on the way: where the last record
 * taken lies, whether it is at a gap, how many records are not ours.
 */
export class OrderedReader {
  readonly #topic: string
  readonly #partition: number
  readonly #after: number
  readonly #holder: OrderedReaderOptions['holder']
  #logId: string | null
  #last: number
  #lastOffset: number | undefined
  #highest: number
  #unrecognised = 0
  #hasSeenLast = false

  constructor({ topic, partition, logId, after, holder }: OrderedReaderOptions) {
    this.#topic = topic
    this.#partition = partition
    this.#logId = logId
    this.#after = after
    this.#holder = holder
    this.#last = after
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

  /** The highest seq that was seen. */
  get highest(): number {
    return this.#highest
  }

  /** How many records were passed over because they are not of our making. */
  get unrecognised(): number {
    return this.#unrecognised
  }

  /** The records of a page that are next. Throws LOG_FOREIGN for one of another store, LOG_DIVERGED if a position is not one of this log. */
  take(page: FoundPage): readonly EventRecord[] {
    const ours: EventRecord[] = []
    for (const { record, offset } of page.found)
      if (record === undefined) this.#unrecognised++
      else {
        this.#check(record)
        if (record.seq > this.#highest) this.#highest = record.seq
        if (record.seq === this.#last) this.#sawLast(offset)
        ours.push(record)
      }
    const { records } = takeInOrder(ours, this.#last)
    const taken = records.at(-1)
    if (taken !== undefined) {
      this.#last = taken.seq
      this.#sawLast(page.found.findLast(({ record }) => record?.seq === taken.seq)!.offset)
    }
    return records
  }

  #sawLast(offset: number): void {
    this.#hasSeenLast = true
    this.#lastOffset = offset
  }

  #check({ logId, seq, eventId }: EventRecord): void {
    this.#logId ??= logId
    if (logId !== this.#logId)
      throw new MagasinError(
        'LOG_FOREIGN',
        `${this.#topic} partition ${this.#partition} on the broker holds events of the store ${logId}, and this is ${this.#logId}: give the topic of each store a name of its own (MAGASIN_TOPIC_PREFIX)`,
        { facts: { topic: this.#topic, partition: this.#partition } },
      )
    if (seq === this.#after && this.#holder !== undefined)
      refuseDiverged({ topic: this.#topic, partition: this.#partition, ...this.#holder }, eventId)
  }
}
