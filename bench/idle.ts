// What the shop takes as services while nothing happens: connections, queries, CPU.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { runBench } from './support/bench.ts'
import { connectionsTo } from './support/connections.ts'
import { runKafka, runMariadb } from './support/engines.ts'
import { readMetric } from './support/metrics.ts'
import { checkTopics } from './support/one-topic.ts'
import { readOptions } from './support/options.ts'
import { threadCpuSecondsOf } from './support/process-cpu.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'
import { serveCoolriel, serveStoreManager } from './support/services.ts'
import { makeTopic } from './support/topic.ts'

const { seconds, settle, rounds, topics } = readOptions(
  `A store-manager (its relay in it) and a Coolriel on MariaDB and Kafka while nothing happens: first the engines alone, then with the
store-manager, then with both. Takes about three minutes.`,
  {
    seconds: { default: 20, meaning: 'how long to watch, in each round of each step' },
    settle: { default: 10, meaning: 'seconds to wait after a start' },
    rounds: { default: 2, meaning: 'how often to watch each step, one after the other' },
    topics: { default: 1, meaning: 'topics of the shop: 1, until it can have several' },
  },
)

type ProcessName = 'store-manager' | 'Coolriel' | 'MariaDB' | 'Kafka'
const processes = ['store-manager', 'Coolriel', 'MariaDB', 'Kafka'] as const satisfies readonly ProcessName[]
const services = ['store-manager', 'Coolriel'] as const satisfies readonly ProcessName[]
type Pids = Readonly<Record<ProcessName, number | undefined>>

interface Step {
  readonly name: string
  /** In microseconds a second, for each round. */
  readonly cpu: Readonly<Record<ProcessName, readonly number[]>>
  readonly queriesPerSecond: readonly number[]
  readonly toKafka: Readonly<Record<(typeof services)[number], number>>
  readonly toMariadb: Readonly<Record<(typeof services)[number], number>>
}

interface Ports {
  readonly kafka: number
  readonly mariadb: number
  /** How many statements the server was sent, these questions among them. */
  readonly questions: () => Promise<number>
}

async function watch(name: string, pids: Pids, { kafka, mariadb, questions }: Ports): Promise<Step> {
  await delay(settle * 1_000)
  const cpu: Record<ProcessName, number[]> = { 'store-manager': [], Coolriel: [], MariaDB: [], Kafka: [] }
  const queriesPerSecond: number[] = []
  for (let round = 1; round <= rounds; round++) {
    progress(`${name}: round ${round} of ${rounds}`)
    const asked = await questions()
    const before = processes.map((one) => threadCpuSecondsOf(pids[one]))
    const started = performance.now()
    await delay(seconds * 1_000)
    const passed = (performance.now() - started) / 1_000
    for (const [i, one] of processes.entries())
      cpu[one].push(((threadCpuSecondsOf(pids[one]) - before[i]!) / passed) * 1e6)
    queriesPerSecond.push(((await questions()) - asked - 1) / passed)
  }
  const connections = (port: number) => {
    const of = (pid: number | undefined) => (pid === undefined ? NaN : connectionsTo(port, pid))
    return { 'store-manager': of(pids['store-manager']), Coolriel: of(pids.Coolriel) }
  }
  return { name, cpu, queriesPerSecond, toKafka: connections(kafka), toMariadb: connections(mariadb) }
}

function printSteps(steps: readonly Step[]): void {
  const row = (title: string, figure: (step: Step) => readonly number[]) => [
    title,
    ...steps.map((step) => spread(figure(step))),
  ]
  printTable(
    ['while nothing happens', ...steps.map(({ name }) => name)],
    [
      ...services.map((one) => row(`connections to Kafka: ${one}`, ({ toKafka }) => [toKafka[one]])),
      ...services.map((one) => row(`connections to MariaDB: ${one}`, ({ toMariadb }) => [toMariadb[one]])),
      row('statements a second on MariaDB', ({ queriesPerSecond }) => queriesPerSecond),
      ...processes.map((one) => row(`CPU µs/second: ${one}`, ({ cpu }) => cpu[one])),
    ],
  )
}

await runBench(async (bench) => {
  checkTopics(topics)
  const [mariadb, kafka] = await Promise.all([runMariadb(bench), runKafka(bench)])
  const connection = await createConnection(mariadb.url)
  bench.atEnd(() => connection.end())
  const ports: Ports = {
    kafka: kafka.port,
    mariadb: mariadb.port,
    async questions() {
      const [rows] = await connection.query<RowDataPacket[]>("show global status like 'Questions'")
      return Number(rows[0]!['Value'])
    },
  }
  const engines = { MariaDB: mariadb.pid, Kafka: kafka.pid, 'store-manager': undefined, Coolriel: undefined }
  const place = { folder: join(bench.folder, 'idle'), database: `${mariadb.url}/idle`, topic: await makeTopic(kafka) }
  mkdirSync(place.folder)
  const steps = [await watch('engines alone', engines, ports)]
  const store = await serveStoreManager(bench, place)
  const withStore = { ...engines, 'store-manager': store.pid }
  steps.push(await watch('with a store-manager', withStore, ports))
  const coolriel = await serveCoolriel(bench, place)
  // The e-mails of the seed.
  while ((await readMetric(coolriel.port, 'magasin_subscriber_lag{')) > 0) await delay(100)
  steps.push(await watch('with both', { ...withStore, Coolriel: coolriel.pid }, ports))
  await coolriel.stop()
  await store.stop()
  await place.topic.close()
  console.log(
    `${number(topics)} topic, ${seconds} s a round, ${rounds} rounds one after the other. ${machineLine(bench.folder)}.`,
  )
  printSteps(steps)
})
