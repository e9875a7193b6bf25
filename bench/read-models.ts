// What the reports cost as the orders grow, and how fast the read models are built anew, beside bare ZINCRBY.
import { join } from 'node:path'
import { createClient } from '@redis/client'
import type { EventTables } from '@magasin/event-log/event-table'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { appendEvents, createEventTables, sampleRecord } from '@magasin/event-log/testing/event-tables'
import { openReadModels } from '@magasin/host/open-read-models'
import { startProjector } from '@magasin/read-models/projector'
import type { GenerationWriter, ReadModelStore } from '@magasin/read-models/read-model-store'
import { stepsOf } from '@magasin/read-models/steps-of'
import { orders } from '@magasin/shop-contracts/families/orders'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { shopReadModels } from '@magasin/store-manager/read-models'
import { startRedis } from '../tools/engines/redis.ts'
import { runBench, type Bench } from './support/bench.ts'
import { readOptions } from './support/options.ts'
import { orderOf } from './support/order-events.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'
import { percentile } from './support/statistics.ts'

const options = readOptions(
  `The reports from the read models, in SQLite and in Redis, at three numbers of orders; and building them anew from the event table of a
store on SQLite into each, beside the same additions to rankings by the bare client of Redis, in pipelines. Starts a Redis of its own.
Takes some five minutes.`,
  {
    small: { default: 1_000, meaning: 'orders at first' },
    middle: { default: 100_000, meaning: 'orders then' },
    large: { default: 1_000_000, meaning: 'orders at last' },
    users: { default: 100_000, meaning: 'customers, drawn evenly' },
    products: { default: 1_000, meaning: 'products, drawn evenly' },
    asks: { default: 1_000, meaning: 'how often each report is asked, one after the other' },
    rebuilt: { default: 100_000, meaning: 'orders from which read models are built' },
    rounds: { default: 3, meaning: 'how often they are built by each, in turn' },
  },
)
const topic = orders.topic.name
const batchSize = 1_000

type Places = Readonly<Record<'SQLite' | 'Redis', ReadModelStore>>

async function openPlaces(bench: Bench, url: string, name: string): Promise<Places> {
  const place = { dataDir: join(bench.folder, name), shop: 'bench' }
  const places = {
    SQLite: await openReadModels(shopReadModels, { ...place, readModels: 'sqlite' }),
    Redis: await openReadModels(shopReadModels, { ...place, readModels: { url } }),
  }
  for (const store of Object.values(places)) bench.atEnd(() => store.close())
  return places
}

/** Carries orders out, up to this one. */
async function fill(writer: GenerationWriter, from: number, upTo: number): Promise<void> {
  const positionAt = (seq: number) => (seq === 0 ? null : { logId: 'bench', seq, eventId: null })
  for (let first = from; first < upTo; first += batchSize) {
    const last = Math.min(first + batchSize, upTo)
    const steps = Array.from({ length: last - first }, (_, i) =>
      stepsOf(shopReadModels, { type: 'OrderPlaced', data: orderOf(first + i + 1, options) }),
    )
    const move = { topic, partition: 0, from: positionAt(first), to: positionAt(last)! }
    await writer.apply({ moves: [move], steps: steps.flat() })
  }
}

const reports = { 'highest spenders': 'spent', 'best sellers': 'sold' } as const

async function askedMicros(store: ReadModelStore, ranking: string): Promise<readonly number[]> {
  const micros: number[] = []
  for (let i = 0; i < options.asks; i++) {
    const started = performance.now()
    await store.top(ranking, 10)
    micros.push((performance.now() - started) * 1_000)
  }
  return micros.slice(micros.length / 10)
}

async function measureReports(places: Places): Promise<void> {
  const rows: string[][] = []
  for (const [name, store] of Object.entries(places)) {
    const writer = await store.begin(shopReadModels.fingerprint)
    await store.swap(writer.generation)
    let filled = 0
    for (const size of [options.small, options.middle, options.large]) {
      progress(`${name}: ${number(size)} orders`)
      await fill(writer, filled, size)
      filled = size
      for (const [title, ranking] of Object.entries(reports)) {
        const micros = await askedMicros(store, ranking)
        rows.push([
          `${title}, ${name}`,
          number(size),
          number(percentile(micros, 0.5)),
          number(percentile(micros, 0.99)),
        ])
      }
    }
  }
  printTable(['report', 'orders', 'µs: p50', 'p99'], rows)
}

async function openHistory(bench: Bench) {
  progress(`recording ${number(options.rebuilt)} orders`)
  const database = openSqlite<EventTables>({ file: join(bench.folder, 'history.db') })
  await createEventTables(database, shopCatalogue)
  const { partitions } = shopCatalogue.topic(topic)
  for (let first = 0; first < options.rebuilt; first += 20_000) {
    const count = Math.min(20_000, options.rebuilt - first)
    await appendEvents(
      database,
      Array.from({ length: count }, (_, i) => {
        const data = orderOf(first + i + 1, options)
        const value = shopCatalogue.encode({ type: 'OrderPlaced', data }, sampleRecord.time)
        return {
          topic,
          partition: data.id % partitions,
          type: 'OrderPlaced',
          schemaVersion: 1,
          stream: `order-${data.id}`,
          value,
        }
      }),
    )
  }
  const log = await openTableLog({ database })
  bench.atEnd(async () => {
    await log.close()
    await database.close()
  })
  return log
}

/** Events a second, from asking for it to the swap. */
async function build(store: ReadModelStore, log: Awaited<ReturnType<typeof openTableLog>>): Promise<number> {
  const built = Promise.withResolvers<void>()
  await store.requestRebuild()
  const started = performance.now()
  const projector = startProjector({
    log,
    store,
    models: shopReadModels,
    topics: [topic],
    decode: (record) => shopCatalogue.decode(record),
    listener: { onBuildBegun: () => {}, onBuilt: () => built.resolve(), onFault: built.reject, onRecovery: () => {} },
  })
  await built.promise
  const seconds = (performance.now() - started) / 1_000
  await projector.stop()
  return options.rebuilt / seconds
}

/** The same additions by the bare client, a hundred orders to a pipeline; orders a second. */
async function bare(url: string): Promise<number> {
  const client = createClient({ url })
  await client.connect()
  await client.del(['bare:spent', 'bare:sold'])
  const started = performance.now()
  for (let first = 0; first < options.rebuilt; first += 100) {
    const asked: Promise<unknown>[] = []
    for (let id = first + 1; id <= Math.min(first + 100, options.rebuilt); id++) {
      const { user_id, total_cents, items } = orderOf(id, options)
      asked.push(client.zIncrBy('bare:spent', total_cents, String(user_id)))
      for (const { product_id, quantity } of items)
        asked.push(client.zIncrBy('bare:sold', quantity, String(product_id)))
    }
    await Promise.all(asked)
  }
  const seconds = (performance.now() - started) / 1_000
  client.destroy()
  return options.rebuilt / seconds
}

await runBench(async (bench) => {
  const redis = await startRedis({ folder: join(bench.folder, 'redis') })
  bench.atEnd(() => redis.kill())
  await measureReports(await openPlaces(bench, `${redis.url}/0`, 'reports'))
  const log = await openHistory(bench)
  const places = await openPlaces(bench, `${redis.url}/1`, 'rebuilt')
  const rates: Readonly<Record<string, number[]>> = { SQLite: [], Redis: [], 'bare ZINCRBY in pipelines': [] }
  for (let round = 1; round <= options.rounds; round++) {
    progress(`building, round ${round} of ${options.rounds}`)
    for (const [name, store] of Object.entries(places)) rates[name]!.push(await build(store, log))
    rates['bare ZINCRBY in pipelines']!.push(await bare(`${redis.url}/2`))
  }
  const beside = rates['bare ZINCRBY in pipelines']!
  printTable(
    ['built from the event table', 'orders a second', 'beside bare ZINCRBY'],
    Object.entries(rates).map(([name, some]) => [name, spread(some), spread(some.map((rate, i) => rate / beside[i]!))]),
  )
  console.log(machineLine(bench.folder))
})
