import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { takeNext } from '../take-next.ts'
import type { FoundPage } from './partition-reader.ts'

export interface NextTakerOptions {
  readonly topic: string
  readonly partition: number
  /** The identity that records must have; null takes the first one's. */
  readonly logId: string | null
  /** The seq of the last record taken. */
  readonly after: number
}

/**
 * Reads a partition of a Kafka topic by the one rule: take only what is next. Keeps what it has seen on the way: where the last record
 * taken lies, the hole before which it stands, records that are not ours.
 */
export class NextTaker {
  readonly #topic: string
  readonly #partition: number
  readonly #after: number
  #logId: string | null
  #last: number
  #lastOffset: number | undefined
  #highest: number
  #foreign = 0
  #hasSeenLast = false

  constructor({ topic, partition, logId, after }: NextTakerOptions) {
    this.#topic = topic
    this.#partition = partition
    this.#logId = logId
    this.#after = after
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

  /** Where the last record that was taken lies; undefined where none was. */
  get lastOffset(): number | undefined {
    return this.#lastOffset
  }

  /**
   * Records behind the one that is next were seen, and it was not; it may yet lie before them, where a hole was mended in part.
   */
  get isAtHole(): boolean {
    return this.#highest > this.#last
  }

  /** The last record taken was seen, here or as a repeat: what is next, if it is there, comes behind it. */
  get hasSeenLast(): boolean {
    return this.#hasSeenLast
  }

  /** The highest seq that was seen. */
  get highest(): number {
    return this.#highest
  }

  /** How many records were passed over because they are not of our making. */
  get foreign(): number {
    return this.#foreign
  }

  /** The records of a page that are next. Throws LOG_FOREIGN for one of another store. */
  take(page: FoundPage): readonly EventRecord[] {
    const ours: EventRecord[] = []
    for (const { record } of page.found)
      if (record === undefined) this.#foreign++
      else {
        this.#check(record)
        if (record.seq > this.#highest) this.#highest = record.seq
        if (record.seq === this.#last) this.#hasSeenLast = true
        ours.push(record)
      }
    const { records } = takeNext(ours, this.#last)
    const taken = records.at(-1)
    if (taken !== undefined) {
      this.#last = taken.seq
      this.#lastOffset = page.found.findLast(({ record }) => record === taken)!.offset
      this.#hasSeenLast = true
    }
    return records
  }

  #check({ logId }: EventRecord): void {
    this.#logId ??= logId
    if (logId !== this.#logId)
      throw new MagasinError(
        'LOG_FOREIGN',
        `${this.#topic} partition ${this.#partition} on the broker holds events of the store ${logId}, and this is ${this.#logId}: give the topic of each store a name of its own (KAFKA_TOPIC)`,
        { facts: { topic: this.#topic, partition: this.#partition } },
      )
  }
}
