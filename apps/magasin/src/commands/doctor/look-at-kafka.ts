import type { TopicDefinition } from '@magasin/contracts/define-family'
import { Cluster, type KafkaOptions } from '@magasin/event-log/kafka/cluster'
import { topicSettings } from '@magasin/event-log/kafka/topic-settings'
import { fault, note, ok, type Finding } from './finding.ts'

// ConfigResourceType of the Kafka protocol.
const resource = { topic: 2, broker: 4 } as const

/** Looks at the brokers and at how the topics are kept there. */
export async function lookAtKafka(kafka: KafkaOptions): Promise<readonly Finding[]> {
  const cluster = new Cluster(kafka)
  try {
    const { brokers } = await cluster.ask('the brokers', (admin) => admin.metadata({ topics: [], forceUpdate: true }))
    const findings: Finding[] = [
      ok(`Kafka at ${kafka.brokers.join(', ')} answers, ${brokers.size} ${brokers.size === 1 ? 'broker' : 'brokers'}`),
    ]
    for (const id of brokers.keys()) findings.push(...(await lookAtBroker(cluster, id)))
    for (const topic of kafka.topics.keys()) findings.push(...(await lookAtTopic(cluster, topic, brokers.size)))
    return findings
  } catch (error) {
    return [
      fault(
        (error as Error).message,
        'look at whether the brokers run, or correct MAGASIN_LOG; until then events wait in the table',
      ),
    ]
  } finally {
    await cluster.close()
  }
}

async function lookAtBroker(cluster: Cluster, id: number): Promise<readonly Finding[]> {
  const settings = await readSettings(cluster, { type: resource.broker, name: String(id) })
  if (settings.get('auto.create.topics.enable') !== 'true') return []
  return [note(`broker ${id} makes topics by itself (auto.create.topics.enable): those have other settings than ours`)]
}

async function lookAtTopic(cluster: Cluster, topic: string, brokers: number): Promise<readonly Finding[]> {
  const name = cluster.nameOf(topic)
  const had = await cluster.partitionsOf(topic)
  if (had === 0) return [note(`the topic ${name} is not there yet: whoever starts first makes it`)]
  const { partitions } = cluster.definitionOf(topic)
  if (had !== partitions)
    return [
      fault(
        `the topic ${name} has ${had} partitions and needs ${partitions}`,
        'give it another name (MAGASIN_TOPIC_PREFIX), or delete it and let it be made anew',
      ),
    ]
  const settings = await readSettings(cluster, { type: resource.topic, name })
  const different = lookAtTopicSettings(name, { topic: cluster.definitionOf(topic), settings })
  const copies = await lookAtCopies(cluster, { name, brokers, settings })
  return [ok(`the topic ${name} has ${had} partitions`), ...different, ...copies]
}

type Settings = ReadonlyMap<string, string | null>

function lookAtTopicSettings(
  name: string,
  { topic, settings }: { readonly topic: TopicDefinition; readonly settings: Settings },
): readonly Finding[] {
  return Object.entries(topicSettings(topic)).flatMap(([setting, value]) => {
    const found = settings.get(setting)
    if (found === value) return []
    const change = `kafka-configs.sh --bootstrap-server … --alter --entity-type topics --entity-name ${name} --add-config ${setting}=${value}`
    return [fault(`the topic ${name} has ${setting}=${found} and needs ${value}`, change)]
  })
}

async function lookAtCopies(
  cluster: Cluster,
  { name, brokers, settings }: { readonly name: string; readonly brokers: number; readonly settings: Settings },
): Promise<readonly Finding[]> {
  const metadata = await cluster.ask(name, (admin) => admin.metadata({ topics: [name], forceUpdate: true }))
  const found = metadata.topics.get(name)?.partitions ?? []
  const copies = Math.min(...found.map(({ replicas }) => replicas.length))
  const needed = Number(settings.get('min.insync.replicas'))
  const short = found.filter(({ isr }) => isr.length < needed).length
  const findings: Finding[] = []
  if (copies === 1)
    findings.push(
      brokers === 1
        ? note(`${name} lies on one broker: after its loss \`magasin log republish\` brings everything again`)
        : fault(
            `${name} has one copy, and there are ${brokers} brokers`,
            'give it three copies: kafka-reassign-partitions.sh',
          ),
    )
  else if (needed < 2)
    findings.push(
      fault(
        `${name} has ${copies} copies and min.insync.replicas=${needed}: an answer of the broker may rest on one of them`,
        `kafka-configs.sh --bootstrap-server … --alter --entity-type topics --entity-name ${name} --add-config min.insync.replicas=2`,
      ),
    )
  if (short > 0)
    findings.push(
      fault(
        `${name}: ${short} partitions have fewer copies in step than min.insync.replicas=${needed}`,
        'bring the brokers back',
      ),
    )
  return findings
}

async function readSettings(
  cluster: Cluster,
  { type, name }: { readonly type: 2 | 4; readonly name: string },
): Promise<Settings> {
  const [described] = await cluster.ask(`the settings of ${name}`, (admin) =>
    admin.describeConfigs({ resources: [{ resourceType: type, resourceName: name }] }),
  )
  return new Map(described?.configs.map(({ name: setting, value }) => [setting, value ?? null]))
}
