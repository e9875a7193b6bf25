// What a store of one topic and one of several take while nothing happens: connections, statements, CPU.
import { setTimeout as delay } from 'node:timers/promises'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Engine } from '../tools/engines/engine.ts'
import { runBench, type Bench } from './support/bench.ts'
import { connectionsTo } from './support/connections.ts'
import { runKafka, runMariadb } from './support/engines.ts'
import { readMetric } from './support/metrics.ts'
import { readOptions } from './support/options.ts'
import { threadCpuSecondsOf } from './support/process-cpu.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'

const { seconds, settle, rounds, topics } = readOptions(
  `The owner of one topic, its relay in it, and a reader of that topic, on MariaDB and Kafka while nothing happens; beside them, the owner of
several topics and one reader of them all. Two processes each, not the shop's but built of the same libraries. In each round first the
engines alone, then the one, then the other. Takes some two minutes a round.`,
  {
    seconds: { default: 20, meaning: 'how long to watch, each time' },
    settle: { default: 10, meaning: 'seconds to wait before' },
    rounds: { default: 3, meaning: 'how often each is watched, in turn' },
    topics: { default: 5, meaning: 'topics of the store that has several' },
  },
)

const services = ['owner', 'reader'] as const
const processes = [...services, 'MariaDB', 'Kafka'] as const
type ServiceName = (typeof services)[number]
type Pids = Readonly<Partial<Record<(typeof processes)[number], number | undefined>>>

interface Engines {
  readonly mariadb: Engine
  readonly kafka: Engine
  /** How many statements the server was sent, these questions among them. */
  readonly questions: () => Promise<number>
}

/** What was seen, in the order in which it is printed; NaN where there was nothing to see. */
type Figures = ReadonlyMap<string, number>

async function watch(pids: Pids, { mariadb, kafka, questions }: Engines): Promise<Figures> {
  await delay(settle * 1_000)
  const asked = await questions()
  const before = processes.map((one) => threadCpuSecondsOf(pids[one]))
  const started = performance.now()
  await delay(seconds * 1_000)
  const passed = (performance.now() - started) / 1_000
  const cpu = processes.map((one, i) => ((threadCpuSecondsOf(pids[one]) - before[i]!) / passed) * 1e6)
  const statements = ((await questions()) - asked - 1) / passed
  const connections = ({ port }: Engine, one: ServiceName) => {
    const pid = pids[one]
    return pid === undefined ? NaN : connectionsTo(port, pid)
  }
  return new Map([
    ...services.map((one) => [`connections to Kafka: ${one}`, connections(kafka, one)] as const),
    ...services.map((one) => [`connections to MariaDB: ${one}`, connections(mariadb, one)] as const),
    ['statements a second on MariaDB', statements],
    ...processes.map((one, i) => [`CPU µs/second: ${one}`, cpu[i]!] as const),
    ['CPU µs/second: all four', cpu.reduce((sum, one) => sum + one, 0)],
  ])
}

// In all partitions of a topic.
const notesOfTopic = 200

/** Has the two services run while something is done, once the reader has handled what the owner records at its start. */
async function withServices<T>(
  bench: Bench,
  { mariadb, kafka, count }: Engines & { readonly count: number },
  work: (pids: Pids) => Promise<T>,
): Promise<T> {
  const start = async (role: ServiceName) => {
    const broker = kafka.url.replace('kafka://', '')
    const places = [`${mariadb.url}/idle_${count}_${role}`, broker, `idle-${count}-`]
    const child = bench.start('bench/note-service.ts', { args: [role, `${count}`, `${notesOfTopic}`, ...places] })
    return { ...child, port: Number((await child.waitFor(/http:\/\/127\.0\.0\.1:(\d+)/))[1]) }
  }
  const owner = await start('owner')
  const reader = await start('reader')
  const handled = () => readMetric(reader.port, 'magasin_subscriber_events_total{')
  while ((await handled()) < count * notesOfTopic) await delay(100)
  const result = await work({ owner: owner.pid, reader: reader.pid })
  await reader.stop()
  await owner.stop()
  return result
}

/** Prints what was seen of each side, and what the last takes beside the one before it. */
function printSides(sides: ReadonlyMap<string, readonly Figures[]>): void {
  const [before, last] = [...sides.values()].slice(-2)
  printTable(
    ['while nothing happens', ...sides.keys(), '÷ 1 topic'],
    [...last![0]!.keys()].map((figure) => {
      const of = (side: readonly Figures[]) => side.map((round) => round.get(figure)!)
      // Each round beside its own neighbour: what else the machine does changes from minute to minute.
      const ratios = of(last!).map((value, round) => value / of(before!)[round]!)
      return [figure, ...[...sides.values()].map((side) => spread(of(side))), spread(ratios)]
    }),
  )
}

await runBench(async (bench) => {
  const [mariadb, kafka] = await Promise.all([runMariadb(bench), runKafka(bench)])
  const connection = await createConnection(mariadb.url)
  bench.atEnd(() => connection.end())
  const engines: Engines = {
    mariadb,
    kafka,
    async questions() {
      const [rows] = await connection.query<RowDataPacket[]>("show global status like 'Questions'")
      return Number(rows[0]!['Value'])
    },
  }
  const pids = { MariaDB: mariadb.pid, Kafka: kafka.pid }
  const watchTopics = (count: number) =>
    withServices(bench, { ...engines, count }, (own) => watch({ ...own, ...pids }, engines))
  const looks = new Map([
    ['engines alone', () => watch(pids, engines)],
    ['1 topic', () => watchTopics(1)],
    [`${number(topics)} topics`, () => watchTopics(topics)],
  ])
  // The broker then has the same topics in every round.
  progress('making the databases and the topics')
  for (const count of [1, topics]) await withServices(bench, { ...engines, count }, async () => undefined)
  const sides = new Map([...looks.keys()].map((name): [string, Figures[]] => [name, []]))
  for (let round = 1; round <= rounds; round++)
    for (const [name, look] of looks) {
      progress(`round ${round} of ${rounds}: ${name}`)
      sides.get(name)!.push(await look())
    }
  console.log(`${seconds} s each time, ${rounds} rounds in turn. ${machineLine(bench.folder)}.`)
  printSides(sides)
})
