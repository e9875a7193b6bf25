import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { PartitionRef } from '@magasin/event-log/event-log'

/** What was taken of a partition: from `first` to `last`, without a hole; last = first - 1 where there is nothing. */
export interface TakenRange extends PartitionRef {
  readonly first: number
  readonly last: number
}

/**
 * Proves of a history, page by page while it is written, that in every partition of every topic nothing is missing between its first
 * event and its last.
 */
export class Completeness {
  readonly #ranges = new Map<string, Map<number, { first: number; last: number }>>()
  #total = 0

  constructor(partitions: readonly PartitionRef[]) {
    for (const [topic, ofTopic] of Map.groupBy(partitions, (one) => one.topic))
      this.#ranges.set(topic, new Map(ofTopic.map(({ partition }) => [partition, { first: 1, last: 0 }])))
  }

  /** Takes the next events. Throws LOG_GAP for one that is not the next of its partition. */
  take(page: readonly EventRecord[]): void {
    for (const { topic, partition, seq } of page) {
      const range = this.#ranges.get(topic)!.get(partition)!
      if (range.last === 0) Object.assign(range, { first: seq, last: seq - 1 })
      if (seq !== range.last + 1)
        throw new MagasinError(
          'LOG_GAP',
          `${topic} partition ${partition}: event ${seq} was read where ${range.last + 1} is next`,
          { facts: { topic, partition, seq: range.last + 1 } },
        )
      range.last = seq
      this.#total++
    }
  }

  /** How many events were taken. */
  get total(): number {
    return this.#total
  }

  /** What was taken, by topic and partition. */
  get ranges(): readonly TakenRange[] {
    return [...this.#ranges].flatMap(([topic, ofTopic]) =>
      [...ofTopic].map(([partition, range]) => ({ topic, partition, ...range })),
    )
  }
}
