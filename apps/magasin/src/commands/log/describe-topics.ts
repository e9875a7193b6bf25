import type { GroupDescription, TopicDescription } from '@magasin/event-log/event-log'
import { openTableLog } from '@magasin/event-log/table/table-log'
import type { Part } from '@magasin/host/part'
import type { ShopConfig } from '@magasin/shop/config'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { withEventTable, withPositions, type DatabaseSettings } from '../../databases.ts'
import { openLogOnBrokers } from '../../kafka.ts'

/** Where a group of a part stands in a partition. */
export type PartPosition = SubscriberTables['positions'] & { readonly part: Part }

/** The state of topics and of the groups that read them, from the brokers if the log is Kafka, else from the table. */
export async function describeTopics(
  config: ShopConfig,
  topics: readonly string[],
): Promise<readonly TopicDescription[]> {
  return config.log === 'table' ? describeInTable(config, topics) : describeOnBrokers(config, topics)
}

async function describeOnBrokers(config: ShopConfig, topics: readonly string[]): Promise<readonly TopicDescription[]> {
  const log = await openLogOnBrokers(config)
  const described: TopicDescription[] = []
  try {
    for (const topic of topics) described.push(await log.describe(topic))
    return described
  } finally {
    await log.close()
  }
}

/** A table knows the groups of its own process only; those of the shop have their positions in databases of their own. */
async function describeInTable(config: ShopConfig, topics: readonly string[]): Promise<readonly TopicDescription[]> {
  const positions = await readPositions(config)
  const described: TopicDescription[] = []
  for (const topic of topics) {
    const description = await withEventTable({ config, topic }, async (database) =>
      (await openTableLog({ database })).describe(topic),
    )
    described.push({ ...description, groups: groupsOf(positions, description) })
  }
  return described
}

/** Where all groups stand; nothing for a part that has never run. */
export async function readPositions(config: DatabaseSettings): Promise<readonly PartPosition[]> {
  const read = await withPositions({ config, readOnly: true }, async ({ reader }, part) =>
    (await reader.selectFrom('positions').selectAll().execute()).map((position) => ({ ...position, part })),
  )
  return read.flat()
}

/** How far groups are in a topic, by their positions. */
function groupsOf(
  positions: readonly PartPosition[],
  { topic, partitions }: TopicDescription,
): readonly GroupDescription[] {
  const ofTopic = positions.filter((position) => position.topic === topic)
  return [...Map.groupBy(ofTopic, ({ group_name }) => group_name)].map(([group, ofGroup]) => ({
    group,
    partitions: partitions.map(({ partition, end, gapAt }) => {
      const seq = ofGroup.find((one) => one.partition === partition)?.seq ?? 0
      return { topic, partition, seq, lag: end - seq, gapAt: gapAt === seq + 1 ? gapAt : null }
    }),
  }))
}
