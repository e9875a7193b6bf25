// What a shop costs once it has millions of users, beside a shop that has none: its start, its memory, and POST /users by HTTP.
import { join } from 'node:path'
import { runBench, type Bench } from './support/bench.ts'
import { fillStore } from './support/filled-store.ts'
import { runLoad } from './support/http-load.ts'
import { readMetric } from './support/metrics.ts'
import { readOptions } from './support/options.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'
import { startShop } from './support/shop.ts'
import { newUser } from './support/user-rows.ts'

const { users, clients, commands, warmup, rounds } = readOptions(
  `A shop with so many users beside one with its seed alone, each started anew in each round: seconds to the first answer, memory, and
POST /users. Filling takes about a minute a million, a round some fifteen seconds.`,
  {
    users: { default: 2_000_000, meaning: 'users, and events, of the large shop' },
    clients: { default: 32, meaning: 'connections that create users' },
    commands: { default: 6_000, meaning: 'users created in each measurement' },
    warmup: { default: 2_000, meaning: 'users created before each measurement' },
    rounds: { default: 3, meaning: 'how often each is measured, in turn' },
  },
)

interface Measurement {
  readonly startSeconds: number
  readonly startMegabytes: number
  readonly loadedMegabytes: number
  readonly perSecond: number
}

let created = 0

async function measure(bench: Bench, folder: string): Promise<Measurement> {
  const begun = performance.now()
  const shop = await startShop(bench, folder)
  const startSeconds = (performance.now() - begun) / 1_000
  const megabytes = async () => (await readMetric(shop.port, 'process_resident_memory_bytes ')) / 1e6
  const startMegabytes = await megabytes()
  const headers = { authorization: `Bearer ${shop.token}` }
  const load = (count: number) => {
    const first = users + created
    created += count
    const body = (i: number) => newUser(first + i)
    const request = (i: number) =>
      i < count ? { method: 'POST', path: '/users', headers, body: body(i), expects: 201 } : undefined
    return runLoad({ port: shop.port, clients, request })
  }
  await load(warmup)
  await shop.drained()
  const { seconds } = await load(commands)
  const loadedMegabytes = await megabytes()
  await shop.drained()
  await shop.stop()
  return { startSeconds, startMegabytes, loadedMegabytes, perSecond: commands / seconds }
}

await runBench(async (bench) => {
  const large = await fillStore(bench, users)
  const folders = { empty: join(bench.folder, 'empty'), large }
  // The first start makes the shop, which no later one does.
  await (await startShop(bench, folders.empty)).stop()
  const series = { empty: [] as Measurement[], large: [] as Measurement[] }
  for (let round = 1; round <= rounds; round++)
    for (const which of ['empty', 'large'] as const) {
      progress(`round ${round} of ${rounds}: ${which}`)
      series[which].push(await measure(bench, folders[which]))
    }
  console.log(
    `${clients} clients, ${number(commands)} users a round, ${rounds} rounds in turn. ${machineLine(bench.folder)}.`,
  )
  const rows = {
    'seconds to the first answer': 'startSeconds',
    'MB after the start': 'startMegabytes',
    'MB under load': 'loadedMegabytes',
    'POST /users a second': 'perSecond',
  } as const
  printTable(
    ['', 'empty', `${number(users)} users`, 'large ÷ empty'],
    Object.entries(rows).map(([title, key]) => {
      const [empty, full] = [series.empty.map((one) => one[key]), series.large.map((one) => one[key])]
      // Each round beside its own neighbour: what else the machine does changes from minute to minute.
      return [title, spread(empty), spread(full), spread(full.map((one, i) => one / empty[i]!))]
    }),
  )
})
