import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'

/** What a reader takes of the records that it was given. */
export interface Taken {
  readonly records: readonly EventRecord[]
  /** The seq of the first record after a gap; null if there is no gap. */
  readonly beyondGap: number | null
}

/**
 * The rule for every reader of the log: take only what is next. `after` is the seq of the last record taken.
 * A lower seq is a repeat: the reader passes over it. A higher one comes after a gap, which may still be mended: the reader leaves it.
 */
export function takeInOrder(records: readonly EventRecord[], after: number): Taken {
  const taken: EventRecord[] = []
  let last = after
  let beyondGap: number | null = null
  for (const record of records)
    if (record.seq === last + 1) {
      taken.push(record)
      last = record.seq
    } else if (record.seq > last) beyondGap ??= record.seq
  // A gap that a later record of the same batch filled is none.
  return { records: taken, beyondGap: beyondGap !== null && beyondGap <= last ? null : beyondGap }
}

/** The place of an event in the log. */
export interface Coordinates {
  readonly topic: string
  readonly partition: number
  readonly seq: number
}

/** The alarm for a gap that nothing mends. */
export function gapError({ topic, partition, seq }: Coordinates): MagasinError {
  return new MagasinError(
    'LOG_GAP',
    `${topic} partition ${partition}: event ${seq} is missing, so the history is not complete`,
    {
      facts: { topic, partition, seq },
    },
  )
}

/** The alarm for an event that a subscriber needs next and that is not in the topic: any more, or yet. */
export function removedError({ topic, partition, seq }: Coordinates): MagasinError {
  return new MagasinError(
    'LOG_GAP',
    `${topic} partition ${partition}: event ${seq} is next and is not there: \`magasin log republish --topic ${topic} --partition ${partition} --from ${seq}\` brings it again from the store`,
    { facts: { topic, partition, seq } },
  )
}
