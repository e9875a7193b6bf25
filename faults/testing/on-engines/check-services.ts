import { checkShop, eventsOfUsers, type ShopEvidence } from '../check-shop.ts'
import { checkTopic, type TopicRecord } from './check-topic.ts'

/** Where Coolriel stands in a partition. */
export interface CoolrielPosition {
  readonly partition: number
  readonly seq: number
  readonly logId: string
}

/** What clients were told, and all that services hold which are at rest. */
export interface ServicesEvidence extends ShopEvidence {
  /** The history as it was exported from the table, and from the topic: the bytes of the file. */
  readonly exports: { readonly table: string; readonly log: string }
  /** All that lies in the topic. */
  readonly topic: readonly TopicRecord[]
  readonly positions: readonly CoolrielPosition[]
  /** The events that Coolriel put aside, by partition and seq. */
  readonly parked: readonly { readonly partition: number; readonly seq: number }[]
}

/** As `checkShop`; and the topic, both exports and Coolriel's positions must say the same as the table. */
export function checkServices(whole: ServicesEvidence): readonly string[] {
  const evidence = { ...whole, events: eventsOfUsers(whole.events) }
  const { events, exports, topic, parked } = evidence
  return [
    ...checkShop(whole),
    ...checkTopic(events, topic),
    ...(exports.table === exports.log ? [] : ['export: the table and the topic give two histories']),
    ...checkPositions(evidence),
    ...parked.map(({ partition, seq }) => `parked: partition ${partition} seq ${seq}`),
  ]
}

function checkPositions({ events, positions }: ServicesEvidence): readonly string[] {
  const ends = new Map(
    [...Map.groupBy(events, ({ partition }) => partition)].map(([partition, some]) => [
      partition,
      Math.max(...some.map(({ seq }) => seq)),
    ]),
  )
  const logId = events[0]?.logId
  const stands = new Map(positions.map((position) => [position.partition, position.seq]))
  return [
    ...[...new Set([...ends.keys(), ...stands.keys()])].flatMap((partition) => {
      const [end, at] = [ends.get(partition) ?? 0, stands.get(partition) ?? 0]
      return at === end ? [] : [`positions: partition ${partition} stands at ${at} instead of ${end}`]
    }),
    ...positions
      .filter((position) => position.logId !== logId)
      .map(({ partition }) => `positions: partition ${partition} is one of another log`),
  ]
}
