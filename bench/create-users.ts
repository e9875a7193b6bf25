// POST /users against the least that the same rows could cost: a bare loop of prepared statements, one durable commit each.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storeManager } from '@magasin/store-manager/part'
import { databaseFile } from '@magasin/host/open-own-database'
import { runBench, type Bench } from './support/bench.ts'
import { runLoad, type LoadOptions } from './support/http-load.ts'
import { readOptions } from './support/options.ts'
import type { Taken } from './support/record-watch.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'
import { shopSettings, startShop, type ShopProcess } from './support/shop.ts'
import { percentile } from './support/statistics.ts'
import { newUser } from './support/user-rows.ts'

const sizes = readOptions(
  `POST /users over HTTP, the whole shop in its own process, against a bare node:sqlite loop that writes the same rows: many clients at once,
and one client that waits for each answer. Takes about a minute a round.`,
  {
    commands: { default: 20_000, meaning: 'users created in each measurement' },
    clients: { default: 64, meaning: 'connections that send them' },
    lone: { default: 2_000, meaning: 'users created by a client that is alone' },
    rounds: { default: 3, meaning: 'how often each is measured, in turn' },
    warmup: { default: 3_000, meaning: 'users created before each measurement' },
  },
)

const kinds = ['plain', 'keyed'] as const
type Kind = (typeof kinds)[number]

interface LoadMeasurement {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly lag: number
  readonly drainSeconds: number
  /** Commands a second until the last e-mail was written. */
  readonly perSecondWithEmails: number
  /** Of the shop, for each command, while it was loaded. */
  readonly shopCpuMicros: number
  /** Of the shop, for each command, until the last e-mail was written. */
  readonly shopCpuMicrosWithEmails: number
  readonly clientCpuMicros: number
}

interface ShopMeasurement {
  readonly crowd: LoadMeasurement
  readonly lone: LoadMeasurement
}

const manners = ['crowd', 'lone'] as const satisfies readonly (keyof ShopMeasurement)[]

/** One measurement of the shop, from an empty data folder: the crowd, then the client that is alone. */
async function measureShop(bench: Bench, kind: Kind, folder: string): Promise<ShopMeasurement> {
  const { commands, clients, lone, warmup } = sizes
  const shop = await startShop(bench, folder)
  const headers = { authorization: `Bearer ${shop.token}` }
  const request = (i: number) => ({
    method: 'POST',
    path: '/users',
    headers: kind === 'keyed' ? { ...headers, 'idempotency-key': randomUUID() } : headers,
    body: newUser(i),
    expects: 201,
  })
  let created = 0
  const load = (by: number, count: number): LoadOptions => {
    const first = created
    created += count
    return { port: shop.port, clients: by, request: (i) => (i < count ? request(first + i) : undefined) }
  }
  await runLoad(load(clients, warmup))
  await shop.drained()
  const measured = {
    crowd: await measureLoad(shop, load(clients, commands), commands),
    lone: await measureLoad(shop, load(1, lone), lone),
  }
  await shop.stop()
  checkRows(folder, created + seedUsers)
  return measured
}

async function measureLoad(shop: ShopProcess, load: LoadOptions, commands: number): Promise<LoadMeasurement> {
  const cpuBefore = await shop.cpuSeconds()
  const { seconds, latenciesMs, clientCpuSeconds } = await runLoad(load)
  const lag = await shop.lag()
  const cpuLoaded = await shop.cpuSeconds()
  const drainSeconds = await shop.drained()
  const micros = (cpuSeconds: number) => (cpuSeconds / commands) * 1e6
  return {
    perSecond: commands / seconds,
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    lag,
    drainSeconds,
    perSecondWithEmails: commands / (seconds + drainSeconds),
    shopCpuMicros: micros(cpuLoaded - cpuBefore),
    shopCpuMicrosWithEmails: micros((await shop.cpuSeconds()) - cpuBefore),
    clientCpuMicros: micros(clientCpuSeconds),
  }
}

const seedUsers = 5

interface BareMeasurement {
  readonly perSecond: number
  readonly cpuMicros: number
}

/** One measurement of the bare loop, from an empty data folder: one commit after the other, for a crowd and for one alone. */
async function measureBare(bench: Bench, kind: Kind, folder: string): Promise<BareMeasurement> {
  const { commands, warmup } = sizes
  const dataDir = shopSettings(folder)['MAGASIN_DATA']!
  const args = [dataDir, String(commands), String(warmup), kind]
  const { stdout } = await bench.start('bench/bare-insert-loop.ts', { args }).ended
  checkRows(folder, warmup + commands)
  const { records, seconds, cpuSeconds } = JSON.parse(stdout) as Taken
  return { perSecond: records / seconds, cpuMicros: (cpuSeconds / records) * 1e6 }
}

/** What was counted is what is there: a figure for work that was not done is worth nothing. */
function checkRows(folder: string, expected: number): void {
  const database = new DatabaseSync(databaseFile(storeManager, shopSettings(folder)['MAGASIN_DATA']!), {
    readOnly: true,
  })
  for (const rows of ["events where topic = 'user-events'", 'users']) {
    const { count } = database.prepare(`select count(*) as count from ${rows}`).get() as { readonly count: number }
    if (count !== expected) throw new Error(`there are ${count} ${rows} where ${expected} were created`)
  }
  database.close()
}

interface Series {
  readonly shop: ShopMeasurement[]
  readonly bare: BareMeasurement[]
}

function printSeries(series: Readonly<Record<Kind, Series>>): void {
  const names = { plain: 'POST /users', keyed: 'POST /users, Idempotency-Key' } as const
  const clients = { crowd: `${sizes.clients} clients`, lone: 'one alone' } as const
  const rows = manners.flatMap((manner) =>
    kinds.map((kind) => ({
      name: `${names[kind]}, ${clients[manner]}`,
      shop: series[kind].shop.map((one) => one[manner]),
      bare: series[kind].bare,
    })),
  )
  printTable(
    ['commands/s, median (least–most)', 'shop', 'bare loop', 'shop ÷ bare', 'shop, to the last e-mail'],
    rows.map(({ name, shop, bare }) => {
      const perSecond = shop.map((one) => one.perSecond)
      // Each round beside its own neighbour: what else the machine does changes from minute to minute.
      const ratio = spread(perSecond.map((one, i) => one / bare[i]!.perSecond))
      const withEmails = spread(shop.map((one) => one.perSecondWithEmails))
      return [name, spread(perSecond), spread(bare.map((one) => one.perSecond)), ratio, withEmails]
    }),
  )
  const costs = { 'shop, in the load': 'shopCpuMicros', 'shop, with its e-mails': 'shopCpuMicrosWithEmails' } as const
  printTable(
    ['CPU µs/command', ...Object.keys(costs), 'bare loop', 'load'],
    rows.map(({ name, shop, bare }) => [
      name,
      ...Object.values(costs).map((cost) => spread(shop.map((one) => one[cost]))),
      spread(bare.map((one) => one.cpuMicros)),
      spread(shop.map((one) => one.clientCpuMicros)),
    ]),
  )
  const figures = {
    'p50 ms': 'p50',
    'p99 ms': 'p99',
    'lag at the end': 'lag',
    'drained after s': 'drainSeconds',
  } as const
  printTable(
    ['the shop', ...Object.keys(figures)],
    rows.map(({ name, shop }) => [
      name,
      ...Object.values(figures).map((figure) => spread(shop.map((one) => one[figure]))),
    ]),
  )
}

await runBench(async (bench) => {
  const { commands, clients, lone, rounds } = sizes
  const series: Record<Kind, Series> = { plain: { shop: [], bare: [] }, keyed: { shop: [], bare: [] } }
  for (let round = 1; round <= rounds; round++)
    for (const kind of kinds)
      for (const side of ['shop', 'bare'] as const) {
        progress(`round ${round} of ${rounds}: ${kind} ${side}`)
        const folder = join(bench.folder, `${round}-${kind}-${side}`)
        if (side === 'shop') series[kind].shop.push(await measureShop(bench, kind, folder))
        else series[kind].bare.push(await measureBare(bench, kind, folder))
      }
  console.log(
    `${number(commands)} users from ${clients} clients, ${number(lone)} from one alone, ${rounds} rounds in turn. ${machineLine(bench.folder)}.`,
  )
  console.log('The load, the shop and Coolriel share the cores; the bare loop has one to itself.')
  printSeries(series)
})
