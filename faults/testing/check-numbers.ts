import type { EventRecord } from '@magasin/contracts/event-record'
import { partitionOf } from '@magasin/contracts/partition-of'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'

/**
 * What is wrong with the numbers of events, each of which had a command of its own: seqs 1 to the end in every partition, command
 * numbers 1 to the end in the same order, versions 1, 2, 3 … in every stream, a stream in the one partition that is its own.
 */
export function checkNumbers(events: readonly EventRecord[]): readonly string[] {
  const inOrder = events.toSorted((a, b) => a.partition - b.partition || a.seq - b.seq)
  const partitions = Map.groupBy(inOrder, ({ topic, partition }) => `${topic} partition ${partition}`)
  const streams = Map.groupBy(inOrder, ({ stream }) => stream)
  const ids = Map.groupBy(events, ({ eventId }) => eventId)
  return [
    ...[...partitions].flatMap(([name, records]) => [
      ...checkCounted(
        `${name}: seq`,
        records.map(({ seq }) => seq),
      ),
      ...checkCommandsGrow(name, records),
    ]),
    ...checkCounted(
      'command',
      events.map(({ commandNo }) => commandNo),
    ),
    ...[...streams].flatMap(([stream, records]) => [...checkVersions(stream, records), ...checkPlace(stream, records)]),
    ...[...ids]
      .filter(([, same]) => same.length > 1)
      .map(([id, same]) => `numbers: ${same.length} events have the id ${id}`),
  ]
}

/** Each of 1, 2, 3 … to the greatest, once. */
function checkCounted(name: string, numbers: readonly number[]): readonly string[] {
  const counts = new Map([...Map.groupBy(numbers, (number) => number)].map(([number, same]) => [number, same.length]))
  const greatest = numbers.reduce((a, b) => Math.max(a, b), 0)
  const expected = Array.from({ length: greatest }, (_, i) => i + 1)
  return expected.flatMap((number) => {
    const count = counts.get(number) ?? 0
    if (count === 1) return []
    return [`numbers: ${name} ${number} is ${count === 0 ? 'missing' : `there ${count} times`}`]
  })
}

function checkCommandsGrow(name: string, records: readonly EventRecord[]): readonly string[] {
  const falling = records.filter(({ commandNo }, i) => commandNo <= (records[i - 1]?.commandNo ?? 0))
  return falling.map(
    ({ seq, commandNo }) => `numbers: ${name}: command ${commandNo} of seq ${seq} is not beyond the one before`,
  )
}

function checkVersions(stream: string, records: readonly EventRecord[]): readonly string[] {
  const wrong = records.map(({ streamVersion }, i) => ({ streamVersion, expected: i + 1 }))
  return wrong
    .filter(({ streamVersion, expected }) => streamVersion !== expected)
    .map(
      ({ streamVersion, expected }) => `numbers: ${stream}: version ${streamVersion} stands where ${expected} is next`,
    )
}

function checkPlace(stream: string, records: readonly EventRecord[]): readonly string[] {
  const astray = records.filter(
    ({ topic, partition }) => partition !== partitionOf(stream, shopCatalogue.topic(topic).partitions),
  )
  return astray.map(({ seq, partition }) => `numbers: ${stream} is not at home in partition ${partition}, seq ${seq}`)
}
