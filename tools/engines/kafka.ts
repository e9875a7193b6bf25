import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Admin } from '@platformatic/kafka'
import { engineHome } from './engine-home.ts'
import type { Engine, EngineOptions, EngineSettings } from './engine.ts'
import { findProgram } from './find-program.ts'
import { freePort } from '../testing/free-port.ts'
import { makeWhole } from './make-whole.ts'
import { run } from './run.ts'
import { enginesFolder } from './engines-folder.ts'
import { startEngine } from './start-engine.ts'

const java = { name: 'java', debianPackage: 'default-jre-headless', homebrewPackage: 'openjdk' }
const maven = { name: 'mvn', debianPackage: 'maven', homebrewPackage: 'maven' }
const pom = fileURLToPath(new URL('kafka/pom.xml', import.meta.url))
const logSettings = fileURLToPath(new URL('kafka/log4j2.xml', import.meta.url))

/** A Java that is over in a second gains nothing from compiling well; without that it takes half as long. */
const forShortRuns = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']

/** What deploy/compose.yaml sets too. */
export const kafkaSettings: EngineSettings = {
  'auto.create.topics.enable': false,
  // By default a group waits three seconds for more members before the first of them gets anything.
  'group.initial.rebalance.delay.ms': 0,
  // There is one broker.
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  // Killed and started again, a broker is let in when the controller has given up the one before: after nine seconds by default.
  'broker.heartbeat.interval.ms': 500,
  'broker.session.timeout.ms': 2000,
  // Fifty by default, made when the first group joins.
  'offsets.topic.num.partitions': 8,
}

/** Starts an Apache Kafka of one process that is broker and controller. */
export async function startKafka(options: EngineOptions = {}): Promise<Engine> {
  const program = await findProgram(java)
  const classPath = await prepareKafka()
  const home = await engineHome('kafka', options)
  const { folder, port } = home
  const config = join(folder, 'server.properties')
  await writeFile(config, await serverProperties(folder, port, options.settings))
  if (!existsSync(join(folder, 'data', 'meta.properties'))) {
    const format = ['format', '--standalone', `--cluster-id=${newClusterId()}`, '-c', config]
    await run(program, [...forShortRuns, '-cp', classPath, 'kafka.tools.StorageTool', ...format])
  }
  return startEngine(home, {
    name: 'Kafka',
    url: `kafka://127.0.0.1:${port}`,
    program,
    args: ['-Xmx512m', `-Dlog4j2.configurationFile=${logSettings}`, '-cp', classPath, 'kafka.Kafka', config],
    greet: () => greet(port),
  })
}

/** Fetches Kafka's jars from Maven Central, once for each version of kafka/pom.xml; answers the class path. */
export async function prepareKafka(): Promise<string> {
  const key = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 8)
  const folder = join(enginesFolder, `kafka-${key}`)
  await makeWhole(folder, async (draft) => {
    const program = await findProgram(maven)
    process.stderr.write('fetching Apache Kafka from Maven Central, once … ')
    await run(program, ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${draft}`])
    process.stderr.write('done\n')
  })
  return join(folder, '*')
}

/** Runs one of Kafka's own programs, `org.apache.kafka.tools.ConsumerPerformance` for one, and answers what it wrote on stdout. */
export async function kafkaTool(mainClass: string, args: readonly string[]): Promise<string> {
  const program = await findProgram(java)
  return run(program, ['-Xmx512m', '-cp', await prepareKafka(), mainClass, ...args])
}

async function serverProperties(folder: string, port: number, settings: EngineSettings = {}): Promise<string> {
  const controller = `127.0.0.1:${await freePort()}`
  const all: EngineSettings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': controller,
    'log.dirs': join(folder, 'data'),
    ...kafkaSettings,
    ...settings,
  }
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** As Kafka writes a UUID. */
function newClusterId(): string {
  return Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url')
}

async function greet(port: number): Promise<void> {
  const admin = new Admin({
    clientId: 'ready',
    bootstrapBrokers: [`127.0.0.1:${port}`],
    retries: 0,
    connectTimeout: 1000,
    timeout: 2000,
  })
  try {
    const { brokers } = await admin.metadata({ topics: [] })
    if (brokers.size === 0) throw new Error('it knows no broker yet')
  } finally {
    await admin.close()
  }
}
