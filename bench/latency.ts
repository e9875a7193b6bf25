// How long after a command's acknowledgement the subscriber has its event, at a steady rate, and what that costs at rest.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Engine } from '../tools/engines/engine.ts'
import { openBarePath } from './support/bare-path.ts'
import { runBench, type Bench } from './support/bench.ts'
import { runKafka, runMariadb } from './support/engines.ts'
import { openPath, type MeasuredPath, type PathOptions } from './support/library-path.ts'
import { readOptions } from './support/options.ts'
import { cpuSecondsOf, threadCpuSecondsOf } from './support/process-cpu.ts'
import { machineLine, printTable, progress, spread } from './support/report.ts'
import { percentile } from './support/statistics.ts'
import { makeTopic, type MeasuredTopic } from './support/topic.ts'
import { newUser } from './support/user-rows.ts'

const { seconds, rest, rounds, slow, fast, warmup, services } = readOptions(
  `From the acknowledgement of a command to the subscriber's handler: a store, its log and one subscription in one process, no HTTP.
On SQLite, where the log is the event table; with --services also on MariaDB, through the relay and Kafka, and beside it
what the bare drivers take on the same engines: commit, one produce for each event, one UPDATE of a position. Takes about a minute a round
and path.`,
  {
    seconds: { default: 15, meaning: 'how long each rate is kept up' },
    rest: { default: 10, meaning: 'seconds in which nothing happens' },
    rounds: { default: 3, meaning: 'how often each is measured, in turn' },
    slow: { default: 20, meaning: 'commands a second' },
    fast: { default: 300, meaning: 'commands a second' },
    warmup: { default: 300, meaning: 'commands before each measurement, as fast as they go' },
  },
  { services: 'also MariaDB and Kafka, by our libraries and by the bare drivers' },
)

interface Engines {
  readonly mariadb: Engine
  readonly kafka: Engine
}

const onEngines = ['MariaDB and Kafka', 'bare drivers, MariaDB and Kafka'] as const
type Side = 'SQLite' | (typeof onEngines)[number]
const sides: readonly Side[] = services ? ['SQLite', ...onEngines] : ['SQLite']

type Cpu = Readonly<Record<'own' | 'mariadb' | 'kafka', number>>

interface RateMeasurement {
  /** From the acknowledgement to the handler, in ms; less than 0 where the handler was called first. */
  readonly fromAnswer: readonly number[]
  /** From the call of `execute` to the handler, in ms. */
  readonly fromCall: readonly number[]
  readonly eventsPerTransaction: number
  /** CPU for each command, in microseconds. */
  readonly cpu: Cpu
}

interface Measurement {
  /** CPU for each second in which nothing happens, in microseconds. */
  readonly atRest: Cpu
  readonly byRate: ReadonlyMap<number, RateMeasurement>
}

/** When the handler was called with each user, by id. */
class Arrivals {
  readonly #at = new Map<number, number>()
  #wanted: { readonly count: number; readonly done: () => void } | undefined

  arrived(id: number): void {
    if (!this.#at.has(id)) this.#at.set(id, performance.now())
    if (this.#wanted !== undefined && this.#at.size >= this.#wanted.count) this.#wanted.done()
  }

  of(id: number): number {
    return this.#at.get(id)!
  }

  async until(count: number): Promise<void> {
    if (this.#at.size < count) await new Promise<void>((done) => (this.#wanted = { count, done }))
    this.#wanted = undefined
  }
}

interface Measured {
  readonly side: Side
  /** Of this measurement, and nobody else's. */
  readonly name: string
  readonly engines: Engines | undefined
}

async function measure(bench: Bench, { side, name, engines }: Measured): Promise<Measurement> {
  const folder = join(bench.folder, name)
  mkdirSync(folder)
  const arrivals = new Arrivals()
  const faults: unknown[] = []
  const listeners = {
    onUser: (id: number) => arrivals.arrived(id),
    onFault: (error: unknown) => void faults.push(error),
  }
  const topic = engines && (await makeTopic(engines.kafka))
  const path = await openSide(side, { folder, topic, listeners, databases: `${engines?.mariadb.url}/${name}` })
  let last = warmup
  await Promise.all(Array.from({ length: warmup }, (_, i) => path.record({ id: i + 1, ...namesOf(i + 1) })))
  await arrivals.until(last)
  const atRest = await measureRest(engines)
  const byRate = new Map<number, RateMeasurement>()
  for (const rate of [slow, fast]) {
    byRate.set(rate, await measureRate({ path, arrivals, rate, after: last }, engines))
    last += rate * seconds
  }
  await path.close()
  await topic?.close()
  // A fault that was overcome makes a latency that says nothing about the path.
  if (faults.length > 0) throw faults[0]
  return { atRest, byRate }
}

interface Opening {
  readonly folder: string
  readonly topic: MeasuredTopic | undefined
  readonly listeners: Pick<PathOptions, 'onUser' | 'onFault'>
  /** What its databases on the server begin with. */
  readonly databases: string
}

function openSide(side: Side, { folder, topic, listeners, databases }: Opening): Promise<MeasuredPath> {
  if (topic === undefined)
    return openPath({ ...listeners, store: { dataDir: folder }, subscriber: join(folder, 'subscriber.db') })
  const [store, subscriber] = [`${databases}_store`, `${databases}_subscriber`]
  return side === 'MariaDB and Kafka'
    ? openPath({ ...listeners, store: { dataDir: folder, mysql: store }, subscriber, topic })
    : openBarePath({ ...listeners, dataDir: folder, store, subscriber, topic })
}

function namesOf(id: number) {
  const { name, email } = newUser(id)
  return { name, email }
}

async function measureRest(engines: Engines | undefined): Promise<Cpu> {
  // What the warm-up left to be tidied up.
  await delay(2_000)
  const cpu = (): Cpu => cpuNow(engines, threadCpuSecondsOf)
  const before = cpu()
  const started = performance.now()
  await delay(rest * 1_000)
  return microsBetween(before, cpu(), (performance.now() - started) / 1_000)
}

interface Rate {
  readonly path: MeasuredPath
  readonly arrivals: Arrivals
  readonly rate: number
  /** The last id that was recorded before. */
  readonly after: number
}

async function measureRate(
  { path, arrivals, rate, after }: Rate,
  engines: Engines | undefined,
): Promise<RateMeasurement> {
  const count = rate * seconds
  const transactions = path.transactions
  const called: number[] = []
  const answered: number[] = []
  const before = cpuNow(engines, cpuSecondsOf)
  const started = performance.now()
  const commands: Promise<void>[] = []
  for (let i = 0; i < count; i++) {
    // Somewhere in its share of the time: commands that come by the clock would always meet a look by the clock at the same moment.
    const due = started + ((i + Math.random()) * 1_000) / rate
    const early = due - performance.now()
    if (early > 0) await delay(early)
    const id = after + i + 1
    called[i] = performance.now()
    commands.push(path.record({ id, ...namesOf(id) }).then(() => void (answered[i] = performance.now())))
  }
  await Promise.all(commands)
  await arrivals.until(after + count)
  const since = (from: readonly number[]) => from.map((ms, i) => arrivals.of(after + i + 1) - ms)
  return {
    fromAnswer: since(answered),
    fromCall: since(called),
    eventsPerTransaction: count / (path.transactions - transactions),
    cpu: microsBetween(before, cpuNow(engines, cpuSecondsOf), count),
  }
}

function cpuNow(engines: Engines | undefined, secondsOf: (pid: number | undefined) => number): Cpu {
  const { user, system } = process.cpuUsage()
  return {
    own: (user + system) / 1e6,
    mariadb: secondsOf(engines?.mariadb.pid),
    kafka: secondsOf(engines?.kafka.pid),
  }
}

function microsBetween(before: Cpu, after: Cpu, per: number): Cpu {
  const micros = (name: keyof Cpu) => ((after[name] - before[name]) / per) * 1e6
  return { own: micros('own'), mariadb: micros('mariadb'), kafka: micros('kafka') }
}

function printSeries(series: Readonly<Record<Side, readonly Measurement[]>>): void {
  const rows = sides.flatMap((side) =>
    [slow, fast].map((rate) => ({ side, rate, measured: series[side].map(({ byRate }) => byRate.get(rate)!) })),
  )
  const cpuOf = (all: readonly Cpu[]) =>
    (['own', 'mariadb', 'kafka'] as const).map((name) => spread(all.map((one) => one[name])))
  const processes = ['its process', 'MariaDB', 'Kafka']
  printTable(
    ['ms to the handler', 'after the answer: p50', 'p99', 'after the call: p50', 'p99', 'events a transaction'],
    rows.map(({ side, rate, measured }) => [
      `${side}, ${rate} commands a second`,
      ...(['fromAnswer', 'fromCall'] as const).flatMap((from) =>
        [0.5, 0.99].map((share) => spread(measured.map((one) => percentile(one[from], share)))),
      ),
      spread(measured.map((one) => one.eventsPerTransaction)),
    ]),
  )
  printTable(
    ['CPU µs/command, with its share of the rest', ...processes],
    rows.map(({ side, rate, measured }) => [
      `${side}, ${rate} commands a second`,
      ...cpuOf(measured.map(({ cpu }) => cpu)),
    ]),
  )
  printTable(
    ['CPU µs/second at rest, one subscription', ...processes],
    sides.map((side) => [side, ...cpuOf(series[side].map(({ atRest }) => atRest))]),
  )
}

await runBench(async (bench) => {
  const [mariadb, kafka] = services ? await Promise.all([runMariadb(bench), runKafka(bench)]) : []
  const engines = mariadb && kafka && { mariadb, kafka }
  const series: Record<Side, Measurement[]> = {
    SQLite: [],
    'MariaDB and Kafka': [],
    'bare drivers, MariaDB and Kafka': [],
  }
  for (let round = 1; round <= rounds; round++)
    // There and back: a broker that has run for a while is faster, and the same side would always have it.
    for (const side of round % 2 === 1 ? sides : sides.toReversed()) {
      progress(`round ${round} of ${rounds}: ${side}`)
      const name = `round_${round}_${side.slice(0, 3)}`
      series[side].push(await measure(bench, { side, name, engines: side === 'SQLite' ? undefined : engines }))
    }
  console.log(`${seconds} s at each rate, ${rest} s at rest, ${rounds} rounds in turn. ${machineLine(bench.folder)}.`)
  console.log('Commands, store, log and subscriber share one process, and the cores with the engines.')
  printSeries(series)
})
