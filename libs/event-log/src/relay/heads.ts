import { MagasinError } from '@magasin/contracts/magasin-error'
import type { AppendedBatch, PartitionBatch } from '../kafka/writing/batch-writer.ts'

/** What the relay knows of a partition of a topic. */
export interface Head {
  /** The seq of the last event before any gap; 0 if there is none. */
  readonly seq: number
  /** The offset of that event; -1 if there is none. */
  readonly offset: number
  /** Its id; null if it was not read. */
  readonly id: string | null
  /** The offset that the next record must get. */
  readonly end: number
}

/** The heads of a topic, by partition. */
export type Heads = ReadonlyMap<number, Head>

export type HeadsByTopic = ReadonlyMap<string, Heads>

/** The heads after batches were appended, if nobody else writes. */
export function headsAfter(heads: HeadsByTopic, batches: readonly PartitionBatch[]): HeadsByTopic {
  const after = new Map(heads)
  for (const [topic, ofTopic] of Map.groupBy(batches, (batch) => batch.topic)) {
    const known = after.get(topic)
    if (known !== undefined) after.set(topic, new Map([...known, ...ofTopic.map((batch) => headAfter(known, batch))]))
  }
  return after
}

function headAfter(heads: Heads, { partition, records }: PartitionBatch): readonly [number, Head] {
  const end = heads.get(partition)!.end + records.length
  const { seq, eventId: id } = records.at(-1)!
  return [partition, { seq, offset: end - 1, id, end }]
}

/** LOG_MOVED for each topic of which the broker did not put a batch at the expected offset. */
export function compareBases(
  heads: HeadsByTopic,
  appended: readonly AppendedBatch[],
): ReadonlyMap<string, MagasinError> {
  const found = appended.map(({ topic, partition, base }) => ({ topic, partition, end: base }))
  return compareEnds(heads, found)
}

/** LOG_MOVED for each topic of which a partition does not end where the relay left it. */
export function compareEnds(
  heads: HeadsByTopic,
  ends: readonly { readonly topic: string; readonly partition: number; readonly end: number }[],
): ReadonlyMap<string, MagasinError> {
  const moved = new Map<string, MagasinError>()
  for (const { topic, partition, end: found } of ends) {
    const expected = heads.get(topic)?.get(partition)?.end ?? found
    const before = moved.get(topic)
    // What the broker lost weighs more than what somebody else wrote.
    if (found !== expected && (before === undefined || !wasShortened(before)))
      moved.set(topic, movedError({ topic, partition, expected, found }))
  }
  return moved
}

/** Whether a LOG_MOVED says that the broker lost something; else somebody else wrote into the topic, which is nobody's fault. */
export function wasShortened({ facts }: MagasinError): boolean {
  return Number(facts['found']) < Number(facts['expected'])
}

function movedError(facts: {
  readonly topic: string
  readonly partition: number
  readonly expected: number
  readonly found: number
}): MagasinError {
  const { topic, partition, expected, found } = facts
  const why =
    found < expected ? 'the broker came back with less than it had acknowledged' : 'somebody else writes into it, too'
  return new MagasinError(
    'LOG_MOVED',
    `${topic} partition ${partition} goes on at offset ${found}, and the relay had left it at ${expected} (${why}): the relay reads what is there and sends what is missing`,
    { facts },
  )
}
