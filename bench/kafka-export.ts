// `magasin history export --from log` against Kafka's own ConsumerPerformance on the same topic.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../tools/engines/engine.ts'
import { runBench, type Bench } from './support/bench.ts'
import { consumerPerformance, type ConsumerRun } from './support/consumer-performance.ts'
import { runKafka } from './support/engines.ts'
import { fillEvents } from './support/event-database.ts'
import { exportHistory, type Export } from './support/export-history.ts'
import { readOptions } from './support/options.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'
import { makeTopic, type MeasuredTopic } from './support/topic.ts'

const { events, rounds } = readOptions(
  `The command line's history export from Kafka, its file complete on disk, against Kafka's own ConsumerPerformance, which writes
nothing; and the memory that it takes. Takes about three minutes, half of them to fill the topics; some gigabytes of disk.`,
  {
    events: { default: 1_000_000, meaning: 'events of the history' },
    rounds: { default: 3, meaning: 'how often each is measured, in turn' },
  },
)

// So little that whatever grows with the history would end it. Half of it would do for the events, but V8 counts the bytes of the pages
// that are fetched ahead, outside of its heap, against the same limit, and then does little else than collect.
const limitedHeapMb = 128
const limitedHeap = [`--max-old-space-size=${limitedHeapMb}`]

/** Makes a topic with so many events, sent by the relay. */
async function fillTopic(bench: Bench, kafka: Engine, count: number): Promise<MeasuredTopic> {
  progress(`filling a topic with ${number(count)} events`)
  const location = join(bench.folder, 'filling.db')
  await fillEvents(location, count)
  const topic = await makeTopic(kafka)
  const args = [location, topic.broker, topic.name, String(count - 1), '1']
  await bench.start('bench/relay-once.ts', { args }).ended
  await topic.check(count)
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${location}${suffix}`, { force: true })
  return topic
}

/** An export that found everything. */
async function exportAll(
  bench: Bench,
  topic: MeasuredTopic,
  { count, nodeOptions = [] }: { readonly count: number; readonly nodeOptions?: readonly string[] },
): Promise<Export> {
  const found = await exportHistory(bench, bench.folder, { topic, nodeOptions })
  if (found.events !== count) throw new Error(`the export has ${found.events} events where there are ${count}`)
  return found
}

async function consumeAll(topic: MeasuredTopic): Promise<ConsumerRun> {
  const found = await consumerPerformance(topic, events)
  if (found.records !== events)
    throw new Error(`Kafka's consumer saw ${found.records} records where there are ${events}`)
  return found
}

function printSeries(exports: readonly Export[], consumed: readonly ConsumerRun[]): void {
  // Keys and values, which is what both are measured by.
  const { bytes } = consumed[0]!
  const row = (name: string, seconds: readonly number[], of = bytes) => [
    name,
    spread(seconds),
    spread(seconds.map((one) => events / one)),
    spread(seconds.map((one) => of / one / 1e6)),
  ]
  printTable(
    [`${number(events)} events, ${number(bytes / 1e6)} MB of keys and values`, 'seconds', 'events/s', 'MB/s'],
    [
      row('export, whole process', wholeOf(exports)),
      row('export, by its own account', toldOf(exports)),
      row('export, in bytes of its file', wholeOf(exports), exports[0]!.bytes),
      row('ConsumerPerformance, whole process', wholeOf(consumed)),
      row('ConsumerPerformance, its MB.sec', toldOf(consumed)),
      row('ConsumerPerformance, its fetch.MB.sec', fetchOf(consumed)),
    ],
  )
  // Each round beside its own neighbour.
  const ratio = (ours: readonly number[], theirs: readonly number[]) => spread(ours.map((one, i) => theirs[i]! / one))
  printTable(
    ['export ÷ ConsumerPerformance, bytes per second', 'ratio'],
    [
      ['whole process ÷ whole process', ratio(wholeOf(exports), wholeOf(consumed))],
      ['whole process ÷ its MB.sec', ratio(wholeOf(exports), toldOf(consumed))],
      ['by its own account ÷ its MB.sec', ratio(toldOf(exports), toldOf(consumed))],
      ['whole process ÷ its fetch.MB.sec', ratio(wholeOf(exports), fetchOf(consumed))],
    ],
  )
}

const wholeOf = (runs: readonly { readonly seconds: number }[]) => runs.map(({ seconds }) => seconds)
const toldOf = (runs: readonly { readonly toldSeconds: number }[]) => runs.map(({ toldSeconds }) => toldSeconds)
const fetchOf = (runs: readonly ConsumerRun[]) => runs.map(({ fetchSeconds }) => fetchSeconds)

await runBench(async (bench) => {
  const kafka = await runKafka(bench)
  mkdirSync(join(bench.folder, 'data'))
  const tenth = Math.ceil(events / 10)
  const small = await fillTopic(bench, kafka, tenth)
  const large = await fillTopic(bench, kafka, events)
  const exports: Export[] = []
  const consumed: ConsumerRun[] = []
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`)
    exports.push(await exportAll(bench, large, { count: events }))
    consumed.push(await consumeAll(large))
  }
  progress(`with ${limitedHeapMb} MB of heap`)
  const peaks = []
  for (const [topic, count] of [
    [small, tenth],
    [large, events],
  ] as const) {
    const { peakRssBytes } = await exportAll(bench, topic, { count, nodeOptions: limitedHeap })
    peaks.push(number(peakRssBytes / 1e6))
  }
  console.log(`In turn, ${rounds} rounds. ${machineLine(bench.folder)}.`)
  printSeries(exports, consumed)
  printTable(
    ['peak memory of the export, MB', `${number(tenth)} events`, `${number(events)} events`],
    [
      [`with a heap of ${limitedHeapMb} MB at most`, ...peaks],
      ['as it is (V8 takes what there is)', '–', spread(exports.map(({ peakRssBytes }) => peakRssBytes / 1e6))],
    ],
  )
})
