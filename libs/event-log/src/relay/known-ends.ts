import { endsOf, type RecordedEnds } from '../recorded-ends.ts'

const none: RecordedEnds = new Map()

/**
 * What a relay knows of the ends of partitions without asking: what commits of its own process recorded, and what its last look found.
 * Those commits were answered, so their events are on disk, and whatever came before them in their partitions.
 */
export class KnownEnds {
  #durable = none
  #seen = none

  /** A commit of this process recorded up to there. */
  told(ends: RecordedEnds): void {
    const both = [this.#durable, ends].flatMap((some) =>
      [...some].flatMap(([topic, ofTopic]) => listed(topic, ofTopic)),
    )
    this.#durable = endsOf(both)
  }

  /** The table ends there: others record, too, and what was put back is behind what was seen before. */
  saw(ends: RecordedEnds): void {
    this.#seen = ends
  }

  /** The last seq that is known of; 0 if none is. */
  endOf(topic: string, partition: number): number {
    return Math.max(seqIn(this.#durable, topic, partition), seqIn(this.#seen, topic, partition))
  }

  /** Whether all these events are known to be on disk. */
  areDurable(batches: readonly Batch[]): boolean {
    return batches.every(({ topic, partition, records }) =>
      records.every(({ seq }) => seq <= seqIn(this.#durable, topic, partition)),
    )
  }

  /** The database was away: another one may have taken its place, which has less. */
  forget(): void {
    this.#durable = none
    this.#seen = none
  }
}

interface Batch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly { readonly seq: number }[]
}

const seqIn = (ends: RecordedEnds, topic: string, partition: number): number => ends.get(topic)?.get(partition) ?? 0

const listed = (topic: string, ofTopic: ReadonlyMap<number, number>) =>
  [...ofTopic].map(([partition, seq]) => ({ topic, partition, seq }))
