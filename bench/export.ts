// `magasin history export` against the least that reading the same events could cost: one statement over the event table.
import { storeManager } from '@magasin/store-manager/part'
import { databaseFile } from '@magasin/host/open-own-database'
import { runBench, type Bench, type ChildUsage } from './support/bench.ts'
import { exportHistory, type Export } from './support/export-history.ts'
import { fillStore } from './support/filled-store.ts'
import { readOptions } from './support/options.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'
import { shopSettings } from './support/shop.ts'
import { median } from './support/statistics.ts'

const sizes = readOptions(
  `The command line's history export against reading the bare event table, and the memory that it takes.
A million events take about a minute to make and some ten seconds a round; a gigabyte of disk.`,
  {
    events: { default: 1_000_000, meaning: 'events of the history' },
    rounds: { default: 3, meaning: 'how often each is measured, in turn' },
  },
)

interface BareRead extends ChildUsage {
  readonly rows: number
  /** Of the values alone. */
  readonly bytes: number
}

async function readBare(bench: Bench, folder: string): Promise<BareRead> {
  const args = [databaseFile(storeManager, shopSettings(folder)['MAGASIN_DATA']!)]
  const usage = await bench.start('bench/bare-read.ts', { args }).ended
  return { ...usage, ...(JSON.parse(usage.stdout) as Pick<BareRead, 'rows' | 'bytes'>) }
}

interface Series {
  readonly events: number
  readonly exports: readonly Export[]
  readonly reads: readonly BareRead[]
  /** With so little memory that whatever grows with the history would end it. */
  readonly limited: Export
}

const limitedHeap = ['--max-old-space-size=64']

async function measure(bench: Bench, events: number, rounds: number): Promise<Series> {
  const folder = await fillStore(bench, events)
  const exports: Export[] = []
  const reads: BareRead[] = []
  for (let round = 1; round <= rounds; round++) {
    progress(`${number(events)} events, round ${round} of ${rounds}`)
    exports.push(await exportHistory(bench, folder))
    reads.push(await readBare(bench, folder))
  }
  progress(`${number(events)} events, with 64 MB of heap`)
  const limited = await exportHistory(bench, folder, { nodeOptions: limitedHeap })
  for (const found of [limited.events, ...exports.map((one) => one.events), ...reads.map((one) => one.rows)])
    if (found !== events) throw new Error(`${found} events were read where there are ${events}`)
  return { events, exports, reads, limited }
}

const megabytes = (bytes: number): number => bytes / 1e6

function printSeries({ events, exports, reads }: Series): void {
  const valueBytes = reads[0]!.bytes
  const row = (name: string, runs: readonly ChildUsage[], fileBytes: number | undefined) => [
    name,
    spread(runs.map(({ seconds }) => seconds)),
    spread(runs.map(({ seconds }) => events / seconds)),
    spread(runs.map(({ seconds }) => megabytes(valueBytes) / seconds)),
    fileBytes === undefined ? '–' : spread(runs.map(({ seconds }) => megabytes(fileBytes) / seconds)),
    spread(runs.map(({ peakRssBytes }) => megabytes(peakRssBytes))),
  ]
  printTable(
    [`${number(events)} events`, 'seconds', 'events/s', 'MB/s of values', 'MB/s of file', 'peak memory MB'],
    [row('history export', exports, exports[0]!.bytes), row('bare read', reads, undefined)],
  )
  const share = median(reads.map(({ seconds }) => seconds)) / median(exports.map(({ seconds }) => seconds))
  const written = share * (exports[0]!.bytes / valueBytes)
  console.log(`Export ÷ bare read, in bytes of event values per second: ${number(share)} ×.`)
  console.log(`In bytes written ÷ bytes of values read: ${number(written)} × (the file also holds each event's place).`)
}

function printPeaks(all: readonly Series[]): void {
  const peak = (runs: readonly Export[]) => spread(runs.map(({ peakRssBytes }) => megabytes(peakRssBytes)))
  printTable(
    ['peak memory of the export, MB', ...all.map(({ events }) => `${number(events)} events`)],
    [
      ['as it is (V8 takes what there is)', ...all.map(({ exports }) => peak(exports))],
      ['with a heap of 64 MB at most', ...all.map(({ limited }) => peak([limited]))],
    ],
  )
}

await runBench(async (bench) => {
  const { events, rounds } = sizes
  const tenth = await measure(bench, Math.ceil(events / 10), 1)
  const whole = await measure(bench, events, rounds)
  console.log(`Whole processes, from start to end, in turn. ${machineLine(bench.folder)}.`)
  printSeries(whole)
  printPeaks([tenth, whole])
})
