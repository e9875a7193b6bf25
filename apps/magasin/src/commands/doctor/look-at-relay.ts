import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { TopicDescription } from '@magasin/event-log/event-log'
import type { ShopConfig } from '@magasin/shop/config'
import { partsWithDatabase } from '@magasin/shop/parts'
import { topicNames } from '../../arguments.ts'
import { describeTopics, readPositions, type PartPosition } from '../log/describe-topics.ts'
import { fault, note, ok, type Finding } from './finding.ts'

const anotherTopic = 'give the topic of each store a name of its own (MAGASIN_TOPIC_PREFIX)'

/** Compares what Kafka holds with what the store has recorded, and with what its readers need next. Both must be there. */
export async function lookAtRelay(config: ShopConfig): Promise<readonly Finding[]> {
  const table = await describeTopics({ ...config, log: 'table' }, topicNames)
  const broker = await Promise.all(table.map(({ topic }) => describeOnBroker(config, topic)))
  const isOfToday = ({ part, group_name }: PartPosition) => {
    const today = partsWithDatabase.find(({ name }) => name === part.name)?.groups?.(config)
    return today?.includes(group_name) ?? true
  }
  const positions = (await readPositions(config)).filter(isOfToday)
  return table.flatMap((recorded, i) => {
    const published = broker[i]!
    if (!('topic' in published)) return [published]
    if (published.logId !== null && published.logId !== recorded.logId)
      return [fault(`the topic of ${published.topic} holds events of the store ${published.logId}`, anotherTopic)]
    return [...lookAtEnds(recorded, published), ...lookAtHoles(published), ...lookAtFloors(published, positions)]
  })
}

async function describeOnBroker(config: ShopConfig, topic: string): Promise<TopicDescription | Finding> {
  try {
    const [described] = await describeTopics(config, [topic])
    return described!
  } catch (error) {
    if (!isMagasinError(error)) throw error
    return fault(error.message, error.code === 'LOG_FOREIGN' ? anotherTopic : 'look at the brokers')
  }
}

function lookAtEnds(recorded: TopicDescription, { topic, partitions }: TopicDescription): readonly Finding[] {
  const findings: Finding[] = []
  let behind = 0
  for (const { partition, end } of recorded.partitions) {
    const published = partitions.find((one) => one.partition === partition)?.end ?? 0
    behind += Math.max(0, end - published)
    if (published > end)
      findings.push(
        fault(
          `${topic} partition ${partition} goes on to event ${published} on the broker, and to ${end} in the store: the store was put back to an earlier copy`,
          'give the topic a new name (MAGASIN_TOPIC_PREFIX), and its subscribers new databases',
        ),
      )
  }
  if (findings.length > 0) return findings
  return [
    behind === 0
      ? ok(`${topic}: Kafka has every event of the store`)
      : note(
          `${topic}: ${behind} events are still to be relayed; a store-manager that runs with this MAGASIN_LOG does it`,
        ),
  ]
}

function lookAtHoles({ topic, partitions }: TopicDescription): readonly Finding[] {
  const strange = partitions.reduce((sum, one) => sum + one.unrecognised, 0)
  const holes = partitions.flatMap(({ partition, gapAt }) =>
    gapAt === null
      ? []
      : [republishIt(`${topic} partition ${partition}: event ${gapAt} is missing`, { topic, partition, from: gapAt })],
  )
  return strange === 0
    ? holes
    : [...holes, note(`${topic}: ${strange} records are not of our making; they are passed over`)]
}

/** A group that needs what retention has removed stands still until it is published again. */
function lookAtFloors({ topic, partitions }: TopicDescription, positions: readonly PartPosition[]): readonly Finding[] {
  return partitions.flatMap(({ partition, floor, end }) => {
    const here = positions.filter((one) => one.topic === topic && one.partition === partition)
    return here.flatMap(({ seq, group_name, part }) => {
      if (end === 0 || floor <= seq + 1) return []
      const next = seq + 1
      const what = `${part.title} (group ${group_name}) needs event ${next} of ${topic} partition ${partition}, which begins at ${floor} on the broker`
      return [republishIt(what, { topic, partition, from: next })]
    })
  })
}

function republishIt(
  what: string,
  { topic, partition, from }: { readonly topic: string; readonly partition: number; readonly from: number },
): Finding {
  return fault(what, `magasin log republish --topic ${topic} --partition ${partition} --from ${from}`)
}
