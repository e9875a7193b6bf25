// POST /orders, and its command by the library, against the least that the same rows could cost on SQLite and on MariaDB.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { databaseFile } from '@magasin/host/open-own-database'
import { storeManager } from '@magasin/store-manager/part'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Engine } from '../tools/engines/engine.ts'
import { runBench, type Bench } from './support/bench.ts'
import { runMariadb } from './support/engines.ts'
import { runLoad } from './support/http-load.ts'
import { readOptions } from './support/options.ts'
import { orderKinds, planOrders, unitsThere, type OrderKind, type OrderPlan } from './support/order-plans.ts'
import { openOrderShop } from './support/order-shop.ts'
import type { OrderTask } from './support/order-task.ts'
import type { Taken } from './support/record-watch.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'
import { shopSettings, startShop } from './support/shop.ts'

const { embedded, hot, ...sizes } = readOptions(
  `Orders of three products, and again with one product in each of them. On SQLite: POST /orders to the whole shop in its own
process, the same command by the library, and a bare node:sqlite loop that reads and writes the same rows, one durable commit each. On a
MariaDB of its own: the same, against the bare mysql2 driver, one transaction each, so many in flight. The bare sides make their events'
JSON and ids beforehand. Each measurement has a new store. Takes about ten minutes.`,
  {
    orders: { default: 6_000, meaning: 'orders in each measurement' },
    clients: { default: 64, meaning: 'connections that send them; commands or transactions in flight' },
    rounds: { default: 3, meaning: 'how often each is measured, in turn' },
    goods: { default: 1_000, meaning: 'products, and as many users, of which each order has some' },
    warmup: { default: 2_000, meaning: 'orders before each measurement' },
  },
  { embedded: 'SQLite alone', hot: 'with a hot product alone' },
)

const { orders, clients, warmup, rounds, goods } = sizes
const kinds = hot ? (['hot'] as const) : orderKinds

interface Measured {
  readonly perSecond: number
  readonly cpuMicros: number
}

/** Where one measurement has its store: in a folder, unless it is on MariaDB. A whole shop is told the `server`, and names the database. */
interface Place extends OrderTask {
  readonly bench: Bench
  readonly folder: string
  readonly server?: string
}

type Measure = (place: Place) => Promise<Measured>

const inChild =
  (script: string, how: Pick<OrderTask, 'isCounted'> = {}): Measure =>
  async ({ bench, folder: _folder, server: _server, ...task }) => {
    const { stdout } = await bench.start(script, { args: [JSON.stringify({ ...task, ...how })] }).ended
    const { records, seconds, cpuSeconds } = JSON.parse(stdout) as Taken
    return { perSecond: records / seconds, cpuMicros: (cpuSeconds / records) * 1e6 }
  }

/** Over HTTP, from an own process to an own process, with all that a shop does beside it. */
const byHttp: Measure = async (place) => {
  const { bench, folder, server } = place
  await (await openOrderShop(place)).close()
  const shop = await startShop(bench, folder, { settings: server === undefined ? {} : { MAGASIN_DB: server } })
  // What the filling left to do: an e-mail to each user.
  await shop.drained()
  const load = (some: readonly OrderPlan[]) => {
    const headers = { authorization: `Bearer ${shop.token}` }
    const requestOf = ({ user_id, lines: items }: OrderPlan) => {
      return { method: 'POST', path: '/orders', headers, body: { user_id, items }, expects: 201 }
    }
    return runLoad({ port: shop.port, clients, request: (i) => some[i] && requestOf(some[i]) })
  }
  const plans = planOrders(place)
  await load(plans.slice(0, warmup))
  const before = await shop.cpuSeconds()
  const { seconds } = await load(plans.slice(warmup))
  const cpuSeconds = (await shop.cpuSeconds()) - before
  await shop.stop()
  return { perSecond: orders / seconds, cpuMicros: (cpuSeconds / orders) * 1e6 }
}

/** The sides of each engine; the last ones are bare. */
const engines = {
  SQLite: {
    ours: { 'POST /orders': byHttp, 'the library': inChild('bench/order-library.ts') },
    bare: { 'bare loop': inChild('bench/bare-orders.ts') },
  },
  MariaDB: {
    ours: { 'POST /orders': byHttp, 'the library': inChild('bench/order-library.ts') },
    bare: {
      'bare driver': inChild('bench/bare-orders-mysql.ts', { isCounted: true }),
      'bare driver, no counters': inChild('bench/bare-orders-mysql.ts'),
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<'ours' | 'bare', Readonly<Record<string, Measure>>>>>>

type EngineName = keyof typeof engines

/** What was counted is what is there: a figure for work that was not done is worth nothing. */
async function checkRows(place: Place): Promise<void> {
  const { dataDir, database } = place
  const plans = planOrders(place)
  const units = plans.flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + quantity, 0)
  const text = `select (select count(*) from orders) as orders, (select sum(reserved) from stock) as reserved,
    (select count(*) from stock where available + reserved = ${unitsThere}) as products,
    (select count(*) from events where topic = 'stock-events' and type = 'StockReserved') as reservations,
    (select count(*) from events where topic = 'order-events') as placed`
  const found = database === undefined ? readSqlite(dataDir, text) : await readMysql(database, text)
  const expected = { orders: plans.length, reserved: units, reservations: 3 * plans.length, placed: plans.length }
  for (const [name, value] of Object.entries(expected))
    if (Number(found[name]) !== value) throw new Error(`${name}: ${String(found[name])} are there, ${value} were made`)
  // The seed of a whole shop brings a few of its own.
  if (Number(found['products']) < goods) throw new Error('stock is not what was set less what is reserved')
}

type Found = Readonly<Record<string, unknown>>

function readSqlite(dataDir: string, text: string): Found {
  const database = new DatabaseSync(databaseFile(storeManager, dataDir), { readOnly: true })
  const found = database.prepare(text).get()
  database.close()
  return found as Found
}

async function readMysql(location: string, text: string): Promise<Found> {
  const connection = await createConnection(location)
  const [[found]] = await connection.query<RowDataPacket[]>(text)
  await connection.end()
  return found as Found
}

const onServer = (server: string) => ({ server, database: `${server}_${storeManager.database}` })

type Series = Map<string, Measured[]>

async function measureEngine(bench: Bench, engine: EngineName, mariadb?: Engine): Promise<Record<OrderKind, Series>> {
  const series: Record<OrderKind, Series> = { any: new Map(), hot: new Map() }
  const sides: readonly (readonly [string, Measure])[] = Object.entries<Measure>({
    ...engines[engine].ours,
    ...engines[engine].bare,
  })
  for (let round = 1; round <= rounds; round++)
    for (const kind of kinds)
      for (const [i, [side, measure]] of sides.entries()) {
        progress(`${engine}, round ${round} of ${rounds}: ${kind}, ${side}`)
        const name = `${engine}_${round}_${kind}_${i}`.toLowerCase()
        const folder = join(bench.folder, name)
        const { MAGASIN_DATA: dataDir = '' } = shopSettings(folder)
        mkdirSync(dataDir, { recursive: true })
        const task = { dataDir, kind, orders, warmup, clients, goods }
        const place = { bench, folder, ...task, ...(mariadb && onServer(`${mariadb.url}/${name}`)) }
        const measured = await measure(place)
        await checkRows(place)
        series[kind].set(side, [...(series[kind].get(side) ?? []), measured])
      }
  return series
}

const titles = { any: `any 3 of ${number(goods)} products`, hot: 'one hot product in each' } as const

function printSeries(engine: EngineName, series: Readonly<Record<OrderKind, Series>>): void {
  const bare = Object.keys(engines[engine].bare)
  for (const kind of kinds) {
    const of = (side: string, figure: keyof Measured) => series[kind].get(side)!.map((one) => one[figure])
    // Each round beside its own neighbour: what else the machine does changes from minute to minute.
    const ratio = (side: string, to: string) =>
      spread(of(side, 'perSecond').map((one, i) => one / of(to, 'perSecond')[i]!))
    printTable(
      [`${engine}, ${titles[kind]}`, 'orders/s, median (least–most)', ...bare.map((to) => `÷ ${to}`), 'CPU µs/order'],
      [...series[kind].keys()].map((side) => [
        side,
        spread(of(side, 'perSecond')),
        ...bare.map((to) => ratio(side, to)),
        spread(of(side, 'cpuMicros')),
      ]),
    )
  }
}

await runBench(async (bench) => {
  const names: readonly EngineName[] = embedded ? ['SQLite'] : ['SQLite', 'MariaDB']
  for (const engine of names) {
    const mariadb = engine === 'MariaDB' ? await runMariadb(bench) : undefined
    printSeries(engine, await measureEngine(bench, engine, mariadb))
  }
  console.log(`${number(orders)} orders, ${clients} in flight, ${rounds} rounds in turn. ${machineLine(bench.folder)}.`)
  console.log('CPU is that of the process named, without MariaDB and the load; those share the cores with it.')
})
