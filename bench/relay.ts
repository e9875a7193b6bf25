// The relay, from a filled event table to a topic, against the bare Kafka client that sends the same records from memory.
import { join } from 'node:path'
import { runBench, type Bench, type ChildUsage } from './support/bench.ts'
import { runKafka, runMariadb } from './support/engines.ts'
import { fillEvents } from './support/event-database.ts'
import { readOptions } from './support/options.ts'
import type { Taken } from './support/record-watch.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'
import { makeTopic, type MeasuredTopic } from './support/topic.ts'

const { records, warmup, rounds } = readOptions(
  `The relay (reading a filled event table of MariaDB, and of SQLite) against the bare Kafka client with the same records in memory:
acks=all, the same batches, one request in flight, into a new topic of 8 partitions each time. Takes about two minutes.`,
  {
    records: { default: 200_000, meaning: 'records sent in each measurement' },
    warmup: { default: 48_000, meaning: 'records sent before each measurement' },
    rounds: { default: 3, meaning: 'how often each is measured, in turn' },
  },
)

const sides = ['relay from MariaDB', 'relay from SQLite', 'bare client', 'bare client, no headers'] as const
type Side = (typeof sides)[number]

interface Measurement {
  readonly perSecond: number
  /** Of its own process. */
  readonly cpuMicros: number
  readonly peakRssBytes: number
}

type Start = (topic: MeasuredTopic) => { readonly ended: Promise<ChildUsage> }

async function measure(broker: Parameters<typeof makeTopic>[0], start: Start): Promise<Measurement> {
  const topic = await makeTopic(broker)
  const { stdout, peakRssBytes } = await start(topic).ended
  await topic.check(warmup + records)
  await topic.close()
  const { records: timed, seconds, cpuSeconds } = JSON.parse(stdout) as Taken
  return { perSecond: timed / seconds, cpuMicros: (cpuSeconds / timed) * 1e6, peakRssBytes }
}

function startsOf(bench: Bench, from: { readonly mariadb: string; readonly sqlite: string; readonly topic: string }) {
  const sizes = [String(records), String(warmup)]
  const relay =
    (database: string): Start =>
    ({ broker, name }) =>
      bench.start('bench/relay-once.ts', { args: [database, broker, name, ...sizes] })
  const bare =
    (kind: 'headers' | 'plain'): Start =>
    ({ broker, name }) =>
      bench.start('bench/bare-produce.ts', { args: [broker, from.topic, name, ...sizes, kind] })
  return {
    'relay from MariaDB': relay(from.mariadb),
    'relay from SQLite': relay(from.sqlite),
    'bare client': bare('headers'),
    'bare client, no headers': bare('plain'),
  } satisfies Record<Side, Start>
}

function printSeries(series: Readonly<Record<Side, readonly Measurement[]>>): void {
  const perSecond = (side: Side) => series[side].map((one) => one.perSecond)
  // Each round beside its own neighbour: what else the machine does changes from minute to minute.
  const ratio = (side: Side, to: Side) => spread(perSecond(side).map((one, i) => one / perSecond(to)[i]!))
  printTable(
    ['', 'records/s, median (least–most)', '÷ bare client', '÷ bare, no headers', 'CPU µs/record', 'peak memory MB'],
    sides.map((side) => [
      side,
      spread(perSecond(side)),
      ratio(side, 'bare client'),
      ratio(side, 'bare client, no headers'),
      spread(series[side].map(({ cpuMicros }) => cpuMicros)),
      spread(series[side].map(({ peakRssBytes }) => peakRssBytes / 1e6)),
    ]),
  )
}

await runBench(async (bench) => {
  const [mariadb, kafka] = await Promise.all([runMariadb(bench), runKafka(bench)])
  const databases = { mariadb: `${mariadb.url}/relayed`, sqlite: join(bench.folder, 'relayed.db') }
  for (const location of Object.values(databases)) {
    progress(`filling ${location} with ${number(warmup + records)} events`)
    await fillEvents(location, warmup + records)
  }
  const source = await makeTopic(kafka)
  const starts = startsOf(bench, { ...databases, topic: source.name })
  progress('the bare client sends what the relay sent: relaying that')
  await starts['relay from SQLite'](source).ended
  const series: Record<Side, Measurement[]> = {
    'relay from MariaDB': [],
    'relay from SQLite': [],
    'bare client': [],
    'bare client, no headers': [],
  }
  for (let round = 1; round <= rounds; round++)
    for (const side of sides) {
      progress(`round ${round} of ${rounds}: ${side}`)
      series[side].push(await measure(kafka, starts[side]))
    }
  console.log(
    `${number(records)} records a measurement, acks=all, one request in flight, ${rounds} rounds in turn. ${machineLine(bench.folder)}.`,
  )
  printSeries(series)
})
