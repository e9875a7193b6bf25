// POST /users against the least that the same rows could cost: a bare loop of prepared statements, one durable commit each.
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storeFile } from '@magasin/store-manager/open-store'
import { runBench, type Bench } from './support/bench.ts'
import { runLoad, type LoadOptions } from './support/http-load.ts'
import { readOptions } from './support/options.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'
import { shopSettings, startShop } from './support/shop.ts'
import { percentile } from './support/statistics.ts'
import { newUser } from './support/user-rows.ts'

const sizes = readOptions(
  `POST /users over HTTP, the whole shop in its own process, against a bare node:sqlite loop that writes the same rows.
Takes about half a minute a round.`,
  {
    commands: { default: 20_000, meaning: 'users created in each measurement' },
    clients: { default: 64, meaning: 'connections that send them' },
    rounds: { default: 3, meaning: 'how often each is measured, in turn' },
    warmup: { default: 3_000, meaning: 'users created before each measurement' },
  },
)

const kinds = ['plain', 'keyed'] as const
type Kind = (typeof kinds)[number]

interface ShopMeasurement {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly lag: number
  readonly drainSeconds: number
  /** Commands a second until the last e-mail was written. */
  readonly perSecondWithEmails: number
  readonly shopCpuMicros: number
  readonly clientCpuMicros: number
}

/** One measurement of the shop, from an empty data folder. */
async function measureShop(bench: Bench, kind: Kind, folder: string): Promise<ShopMeasurement> {
  const { commands, clients, warmup } = sizes
  const shop = await startShop(bench, folder)
  const headers = { authorization: `Bearer ${shop.token}` }
  const request = (i: number) => ({
    method: 'POST',
    path: '/users',
    headers: kind === 'keyed' ? { ...headers, 'idempotency-key': randomUUID() } : headers,
    body: newUser(i),
    expects: 201,
  })
  const load = (first: number, count: number): LoadOptions => {
    return { port: shop.port, clients, request: (i) => (i < count ? request(first + i) : undefined) }
  }
  await runLoad(load(0, warmup))
  await shop.drained()
  const cpuBefore = await shop.cpuSeconds()
  const { seconds, latenciesMs, clientCpuSeconds } = await runLoad(load(warmup, commands))
  const lag = await shop.lag()
  const shopCpuSeconds = (await shop.cpuSeconds()) - cpuBefore
  const drainSeconds = await shop.drained()
  await shop.stop()
  checkRows(folder, warmup + commands + seedUsers)
  return {
    perSecond: commands / seconds,
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    lag,
    drainSeconds,
    perSecondWithEmails: commands / (seconds + drainSeconds),
    shopCpuMicros: (shopCpuSeconds / commands) * 1e6,
    clientCpuMicros: (clientCpuSeconds / commands) * 1e6,
  }
}

const seedUsers = 5

/** One measurement of the bare loop, from an empty data folder. */
async function measureBare(bench: Bench, kind: Kind, folder: string): Promise<number> {
  const { commands, warmup } = sizes
  const dataDir = shopSettings(folder)['MAGASIN_DATA']!
  const args = [dataDir, String(commands), String(warmup), kind]
  const { stdout } = await bench.start('bench/bare-insert-loop.ts', { args }).ended
  checkRows(folder, warmup + commands)
  return commands / Number(stdout)
}

/** What was counted is what is there: a figure for work that was not done is worth nothing. */
function checkRows(folder: string, expected: number): void {
  const database = new DatabaseSync(storeFile(shopSettings(folder)['MAGASIN_DATA']!), { readOnly: true })
  for (const table of ['events', 'users']) {
    const { count } = database.prepare(`select count(*) as count from ${table}`).get() as { readonly count: number }
    if (count !== expected) throw new Error(`${table} holds ${count} rows where ${expected} were created`)
  }
  database.close()
}

interface Series {
  readonly shop: ShopMeasurement[]
  readonly bare: number[]
}

function printSeries(series: Readonly<Record<Kind, Series>>): void {
  const names = { plain: 'POST /users', keyed: 'POST /users, Idempotency-Key' } as const
  printTable(
    ['commands/s, median (least–most)', 'shop', 'bare loop', 'shop ÷ bare', 'shop, to the last e-mail'],
    kinds.map((kind) => {
      const { shop, bare } = series[kind]
      const perSecond = shop.map((one) => one.perSecond)
      // Each round beside its own neighbour: what else the machine does changes from minute to minute.
      const ratio = spread(perSecond.map((one, i) => one / bare[i]!))
      return [names[kind], spread(perSecond), spread(bare), ratio, spread(shop.map((one) => one.perSecondWithEmails))]
    }),
  )
  const of = (kind: Kind, figure: keyof ShopMeasurement) => spread(series[kind].shop.map((one) => one[figure]))
  const figures = {
    'p50 ms': 'p50',
    'p99 ms': 'p99',
    'lag at the end': 'lag',
    'drained after s': 'drainSeconds',
  } as const
  const costs = { 'CPU µs/command: shop': 'shopCpuMicros', load: 'clientCpuMicros' } as const
  const columns = { ...figures, ...costs }
  printTable(
    ['the shop', ...Object.keys(columns)],
    kinds.map((kind) => [names[kind], ...Object.values(columns).map((figure) => of(kind, figure))]),
  )
}

await runBench(async (bench) => {
  const { commands, clients, rounds } = sizes
  const series: Record<Kind, Series> = { plain: { shop: [], bare: [] }, keyed: { shop: [], bare: [] } }
  const folder = join(bench.folder, 'shop')
  for (let round = 1; round <= rounds; round++)
    for (const kind of kinds)
      for (const side of ['shop', 'bare'] as const) {
        progress(`round ${round} of ${rounds}: ${kind} ${side}`)
        if (side === 'shop') series[kind].shop.push(await measureShop(bench, kind, folder))
        else series[kind].bare.push(await measureBare(bench, kind, folder))
        rmSync(folder, { recursive: true })
      }
  console.log(
    `${number(commands)} users from ${clients} clients, ${rounds} rounds in turn. ${machineLine(bench.folder)}.`,
  )
  console.log('The load, the shop and Coolriel share the cores; the bare loop has one to itself.')
  printSeries(series)
})
