// What the API notices of an export: latencies under a steady load before, during and after it, in one running shop.
import { setTimeout as delay } from 'node:timers/promises'
import { runBench, type Bench } from './support/bench.ts'
import { exportHistory } from './support/export-history.ts'
import { fillStore } from './support/filled-store.ts'
import { runLoad, type LoadRequest } from './support/http-load.ts'
import { readOptions } from './support/options.ts'
import { machineLine, number, printTable, progress } from './support/report.ts'
import { startShop, type ShopProcess } from './support/shop.ts'
import { percentile } from './support/statistics.ts'
import { newUser } from './support/user-rows.ts'

const sizes = readOptions(
  `Latencies of a running shop under a steady load: before, during and after an export of its history by the command line.
Three reads for each creation. A million events take about a minute to make.`,
  {
    events: { default: 1_000_000, meaning: 'events of the history' },
    clients: { default: 8, meaning: 'connections' },
    rate: { default: 200, meaning: 'requests a second of all together' },
    seconds: { default: 10, meaning: 'how long to measure before and after' },
    exports: { default: 2, meaning: 'exports, one after the other' },
  },
)

interface Phase {
  readonly name: string
  readonly seconds: number
  readonly reads: readonly number[]
  readonly creations: readonly number[]
}

/** Loads the shop while `work` is under way. */
async function measure(shop: ShopProcess, name: string, work: () => Promise<unknown>): Promise<Phase> {
  progress(name)
  let isOver = false
  const working = work().finally(() => (isOver = true))
  const request = (i: number) => (isOver ? undefined : requestOf(shop, name, i))
  const { clients, rate: ratePerSecond } = sizes
  const { latenciesMs, seconds } = await runLoad({ port: shop.port, clients, ratePerSecond, request })
  await working
  const reads = latenciesMs.filter((_ms, i) => !isCreation(i))
  return { name, seconds, reads, creations: latenciesMs.filter((_ms, i) => isCreation(i)) }
}

const isCreation = (i: number): boolean => i % 4 === 3

function requestOf({ token }: ShopProcess, phase: string, i: number): LoadRequest {
  const headers = { authorization: `Bearer ${token}` }
  if (!isCreation(i)) {
    const id = 1 + Math.floor(Math.random() * sizes.events)
    return { method: 'GET', path: `/users/${id}`, headers, expects: 200 }
  }
  const body = { ...newUser(i), email: `${phase.replaceAll(' ', '-')}-${i}@example.com` }
  return { method: 'POST', path: '/users', headers, body, expects: 201 }
}

async function exportAgainAndAgain(bench: Bench, folder: string): Promise<void> {
  for (let i = 0; i < sizes.exports; i++) {
    const { seconds, events } = await exportHistory(bench, folder)
    progress(`  exported ${events.toLocaleString('en')} events in ${seconds.toFixed(1)} s`)
  }
}

function printPhases(phases: readonly Phase[]): void {
  const figures = (values: readonly number[]) => [
    ...[0.5, 0.99].map((share) => number(percentile(values, share))),
    number(Math.max(...values)),
  ]
  printTable(
    ['latency in ms', 'seconds', 'requests', 'GET p50', 'p99', 'most', 'POST p50', 'p99', 'most'],
    phases.map(({ name, seconds, reads, creations }) => [
      name,
      number(seconds),
      number(reads.length + creations.length),
      ...figures(reads),
      ...figures(creations),
    ]),
  )
}

await runBench(async (bench) => {
  const { events, clients, rate, seconds } = sizes
  const folder = await fillStore(bench, events)
  const shop = await startShop(bench, folder)
  const rest = () => delay(seconds * 1_000)
  await measure(shop, 'warming up', () => delay(3_000))
  const phases = [
    await measure(shop, 'before', rest),
    await measure(shop, 'during the export', () => exportAgainAndAgain(bench, folder)),
    await measure(shop, 'after', rest),
  ]
  await shop.stop()
  const load = `${clients} clients, ${rate} requests a second, a quarter of them POST`
  console.log(`A shop with ${number(events)} events; ${load}. ${machineLine(bench.folder)}.`)
  console.log('Latencies count from when a request was due; export, shop and load share the cores.')
  printPhases(phases)
})
