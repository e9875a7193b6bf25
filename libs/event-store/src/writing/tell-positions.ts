import type { EventRecord } from '@magasin/contracts/event-record'
import { endsOf } from '@magasin/event-log/recorded-ends'
import type { EventPlace } from '@magasin/event-log/event-log'
import type { DecidedGroup } from './decide-group.ts'

/** Tells each command of a group where its events stand; `records` are those of all its commands, in their order. */
export function tellPositions({ commands, recorded }: DecidedGroup, records: readonly EventRecord[]): void {
  let from = 0
  for (const [i, { length }] of commands.entries()) {
    recorded[i]!.positions = lastPositions(records.slice(from, from + length))
    from += length
  }
}

/** The last seq of each partition, by topic and partition. */
function lastPositions(records: readonly EventRecord[]): readonly EventPlace[] {
  const positions = [...endsOf(records)].flatMap(([topic, ofTopic]) =>
    [...ofTopic].map(([partition, seq]) => ({ topic, partition, seq })),
  )
  return positions.toSorted(byPlace)
}

function byPlace(a: EventPlace, b: EventPlace): number {
  return a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1
}
