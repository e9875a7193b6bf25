import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'

/** What a reader takes of the records that it was given. */
export interface Taken {
  readonly records: readonly EventRecord[]
  /** The seq of the first record behind a hole, null where there is no hole. */
  readonly beyondHole: number | null
}

/**
 * The rule of everyone who reads the log: take only what is next. `after` is the seq of the last record taken.
 * A lower seq is a repeat and is passed over; a higher one is behind a hole, which may still be mended, so nothing is taken from it.
 */
export function takeNext(records: readonly EventRecord[], after: number): Taken {
  const taken: EventRecord[] = []
  let last = after
  let beyondHole: number | null = null
  for (const record of records)
    if (record.seq === last + 1) {
      taken.push(record)
      last = record.seq
    } else if (record.seq > last) beyondHole ??= record.seq
  // A hole that a later record of the same batch filled is none.
  return { records: taken, beyondHole: beyondHole !== null && beyondHole <= last ? null : beyondHole }
}

/** The place of an event in the log. */
interface Place {
  readonly topic: string
  readonly partition: number
  readonly seq: number
}

/** The alarm for a hole that nothing mends. */
export function gapError({ topic, partition, seq }: Place): MagasinError {
  return new MagasinError(
    'LOG_GAP',
    `${topic} partition ${partition}: event ${seq} is missing, so the history is not complete`,
    {
      facts: { topic, partition, seq },
    },
  )
}

/** The alarm for an event that a subscriber needs next and that is not in the log any more, or not yet. */
export function removedError({ topic, partition, seq }: Place): MagasinError {
  return new MagasinError(
    'LOG_GAP',
    `${topic} partition ${partition}: event ${seq} is next and is not there: \`magasin log republish --topic ${topic} --partition ${partition} --from ${seq}\` brings it again from the store`,
    { facts: { topic, partition, seq } },
  )
}
