import { openCoolrielDatabase } from '@magasin/coolriel/open-database'
import type { GroupDescription, TopicDescription } from '@magasin/event-log/event-log'
import { openTableLog } from '@magasin/event-log/table/table-log'
import type { ShopConfig } from '@magasin/shop/config'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { findDatabase } from './find-database.ts'
import { openLogOnKafka } from './open-log-on-kafka.ts'
import { withEventTable } from './with-database.ts'

type Position = SubscriberTables['positions']

/** The state of topics and of the groups that read them, from the brokers where the log is Kafka, else from the table. */
export async function describeLog(config: ShopConfig, topics: readonly string[]): Promise<readonly TopicDescription[]> {
  return config.log === 'table' ? describeTable(config, topics) : describeKafka(config, topics)
}

async function describeKafka(config: ShopConfig, topics: readonly string[]): Promise<readonly TopicDescription[]> {
  const log = await openLogOnKafka(config)
  const described: TopicDescription[] = []
  try {
    for (const topic of topics) described.push(await log.describe(topic))
    return described
  } finally {
    await log.close()
  }
}

/** The table knows the groups of its own process only; those of the shop have their positions in the database of Coolriel. */
async function describeTable(config: ShopConfig, topics: readonly string[]): Promise<readonly TopicDescription[]> {
  const positions = await readPositions(config)
  return withEventTable(config, async (database) => {
    const log = await openTableLog({ database })
    const described: TopicDescription[] = []
    for (const topic of topics) {
      const description = await log.describe(topic)
      described.push({ ...description, groups: groupsOf(positions, description) })
    }
    return described
  })
}

/** Where the groups of Coolriel stand; nothing where it has never run. */
export async function readPositions(config: Pick<ShopConfig, 'dataDir' | 'database'>): Promise<readonly Position[]> {
  const found = await findDatabase(config, 'coolriel')
  if (found === undefined) return []
  const database = await openCoolrielDatabase(found, { readOnly: true })
  return database.reader
    .selectFrom('positions')
    .selectAll()
    .execute()
    .finally(() => database.close())
}

/** How far groups are in a topic, by their positions. */
function groupsOf(
  positions: readonly Position[],
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
