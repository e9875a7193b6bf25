import type { TopicDescription } from '@magasin/event-log/event-log'
import { describeLog } from '@magasin/service-kit/log-setting'
import type { ShopConfig } from '@magasin/shop/config'
import { readModelTopics } from '@magasin/store-manager/read-models'
import { tell, tellTable } from '../../output/tell.ts'

/** Tells what topics hold and how far their groups are; in one line, if there is nothing to tell of a topic. */
export function tellTopics(described: readonly TopicDescription[], { log }: Pick<ShopConfig, 'log'>): void {
  for (const [i, topic] of described.entries()) {
    if (i > 0) tell()
    tell(`${topic.topic}, ${describeLog(log)}, ${stateOf(topic)}`)
    if (!isUntouched(topic)) tellTopic(topic)
  }
}

function stateOf(topic: TopicDescription): string {
  if (isUntouched(topic)) return 'no event yet'
  return topic.logId === null ? 'no event of a store' : `of the store ${topic.logId}`
}

/** Nothing was ever recorded in it, and nobody believes to have read any of it. */
function isUntouched({ partitions, groups }: TopicDescription): boolean {
  const isEmpty = partitions.every(({ end, gapAt, unrecognised }) => end === 0 && gapAt === null && unrecognised === 0)
  return isEmpty && groups.every((group) => group.partitions.every(({ seq, gapAt }) => seq === 0 && gapAt === null))
}

function tellTopic({ topic, partitions, groups }: TopicDescription): void {
  const gap = (gapAt: number | null) => (gapAt === null ? '-' : `at ${gapAt}`)
  tellTable(
    ['PARTITION', 'FLOOR', 'END', 'GAP', 'UNRECOGNISED'],
    partitions.map(({ partition, floor, end, gapAt, unrecognised }) => [
      ...[partition, floor, end].map(String),
      gap(gapAt),
      String(unrecognised),
    ]),
  )
  const rows = groups.flatMap(({ group, partitions: read }) =>
    read.map(({ partition, seq, lag, gapAt }) => [group, ...[partition, seq, lag].map(String), gap(gapAt)]),
  )
  tell()
  if (rows.length > 0) tellTable(['GROUP', 'PARTITION', 'POSITION', 'LAG', 'GAP'], rows)
  else if (!readModelTopics.includes(topic)) tell('No group has read it.')
  if (readModelTopics.includes(topic))
    tell('Read models follow it; `magasin read-models status` says how far they are.')
}
