import type { RecordedEnds } from '../recorded-ends.ts'

const none: RecordedEnds = new Map()

/**
 * What a relay knows of the ends of partitions without asking: what commits of its own process recorded, and what its last look found.
 * Those commits were answered, so their events are on disk, and whatever came before them in their partitions.
 */
export class KnownEnds {
  readonly #durable = new Map<string, Map<number, number>>()
  #seen = none

  /** A commit of this process recorded up to there. Called with each commit: it costs what that commit recorded. */
  told(ends: RecordedEnds): void {
    for (const [topic, ofTopic] of ends) {
      const known = this.#durable.get(topic) ?? new Map<number, number>()
      this.#durable.set(topic, known)
      for (const [partition, seq] of ofTopic) known.set(partition, Math.max(seq, known.get(partition) ?? 0))
    }
  }

  /** The table ends there: others record, too, and what was put back is behind what was seen before. */
  saw(ends: RecordedEnds): void {
    this.#seen = ends
  }

  /** The last seq that is known of; 0 if none is. */
  endOf(topic: string, partition: number): number {
    return Math.max(seqIn(this.#durable, topic, partition), seqIn(this.#seen, topic, partition))
  }

  /** Whether all these events are known to be on disk. The last of a batch tells for those before it. */
  areDurable(batches: readonly Batch[]): boolean {
    return batches.every(({ topic, partition, records }) => {
      const last = records.at(-1)
      return last === undefined || last.seq <= seqIn(this.#durable, topic, partition)
    })
  }

  /** The database was away: another one may have taken its place, which has less. */
  forget(): void {
    this.#durable.clear()
    this.#seen = none
  }
}

interface Batch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly { readonly seq: number }[]
}

const seqIn = (ends: RecordedEnds, topic: string, partition: number): number => ends.get(topic)?.get(partition) ?? 0
