import type { EventRecord } from '@magasin/contracts/event-record'
import { differingFields } from '../check-shop.ts'

/** A record as it lies on the broker. */
export interface TopicRecord {
  readonly partition: number
  readonly offset: number
  /** Undefined for one without the headers of ours. */
  readonly record: EventRecord | undefined
}

/**
 * What is wrong with a topic, if it must carry exactly these events: a reader of a partition who takes only what is next must get all of
 * them, each as it is in the table. Repeats may lie between; each must be a true copy.
 */
export function checkTopic(events: readonly EventRecord[], found: readonly TopicRecord[]): readonly string[] {
  const bySeq = new Map(events.map((event) => [placeOf(event), event]))
  const inOrder = found.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
  const taken = new Map<number, number>()
  const wrong = inOrder.flatMap(({ partition, offset, record }) => {
    if (record === undefined) return [`topic: partition ${partition} offset ${offset} is no event of ours`]
    const name = `partition ${partition} seq ${record.seq}`
    if (record.seq === (taken.get(partition) ?? 0) + 1) taken.set(partition, record.seq)
    const event = bySeq.get(placeOf(record))
    if (event === undefined) return [`topic: ${name} is not in the table`]
    return differingFields(event, record).map((field) => `topic: ${name} at offset ${offset} has a wrong ${field}`)
  })
  const missing = events.filter(({ partition, seq }) => seq > (taken.get(partition) ?? 0))
  return [
    ...wrong,
    ...missing.map(({ partition, seq }) => `topic: partition ${partition} seq ${seq} is never what is next`),
  ]
}

const placeOf = ({ partition, seq }: Pick<EventRecord, 'partition' | 'seq'>): string => `${partition}/${seq}`
