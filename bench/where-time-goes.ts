// Where the main thread of a shop, or of a store-manager on services, spends its time while 64 clients create users: a V8 profile,
// each sample given to one part of the code.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runBench, type Bench } from './support/bench.ts'
import { runKafka, runMariadb } from './support/engines.ts'
import { runLoad } from './support/http-load.ts'
import { readOptions } from './support/options.ts'
import { machineLine, number, printTable } from './support/report.ts'
import { serveStoreManager } from './support/services.ts'
import { startShop } from './support/shop.ts'
import { makeTopic } from './support/topic.ts'
import { newUser } from './support/user-rows.ts'

const { commands, clients, services } = readOptions(
  `A profile of the whole shop in its own process under POST /users: the share of each part in the time that its main thread works.
With --services, of a store-manager on MariaDB, with the relay to Kafka in it.
Takes about half a minute. The profile itself costs some of the speed; starting the program is left out.`,
  {
    commands: { default: 20_000, meaning: 'users created' },
    clients: { default: 64, meaning: 'connections that send them' },
  },
  { services: 'a store-manager on MariaDB and Kafka, in place of a whole shop' },
)

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

type Part = readonly [name: string, pattern: RegExp]

const http: Part = [
  'HTTP',
  /node:_?http|node:net|node:internal\/streams|node_modules\/(?:fastify|find-my-way|ajv|pino|secure-json-parse)|libs\/service-kit/,
]
const start: Part = ['(start)', /node:internal\/modules\/|compileSource/]
const access: Part = ['access', /access\/tokens|(?:authenticate|admit) /]
const collector: Part = ['garbage collection', /^\(garbage collector\) /]

/** The parts, in the order in which they are asked: a sample belongs to the first whose pattern is found in its stack. */
const parts: readonly Part[] = services
  ? [
      start,
      ['the relay: the log, the Kafka client', /libs\/event-log|@platformatic\//],
      access,
      ['event store: Kysely', /libs\/event-store|libs\/sql|node_modules\/kysely/],
      ['the mysql2 driver', /node_modules\/mysql2|sqlstring|lru\.min/],
      http,
      collector,
    ]
  : [
      start,
      // Files are written by Coolriel alone, and their callbacks have no caller of ours.
      [
        'Coolriel and the log',
        /services\/coolriel|libs\/subscribers|libs\/event-log|fs\/promises|^(?:openFileHandle|writeUtf8String|writeBuffer|rename|fsync|close) /,
      ],
      access,
      ['event store: Kysely, SQLite, its flush', /libs\/event-store|libs\/sql|node_modules\/kysely/],
      http,
      collector,
    ]

/** The share of each part in the time that the thread worked, and of waiting in all of its time. */
function sharesOf({ nodes, samples, timeDeltas }: Profile) {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, `${callFrame.functionName} ${callFrame.url}`]))
  const stackOf = (id: number | undefined): string =>
    id === undefined ? '' : `${frames.get(id)}\n${stackOf(parents.get(id))}`
  const partsOf = new Map(nodes.map(({ id }) => [id, partOf(stackOf(id))]))
  const times = new Map<string, number>()
  for (const [i, sample] of samples.entries()) {
    const part = partsOf.get(sample)!
    times.set(part, (times.get(part) ?? 0) + timeDeltas[i]!)
  }
  const idle = times.get('(idle)') ?? 0
  for (const left of ['(idle)', '(start)']) times.delete(left)
  const total = [...times.values()].reduce((sum, time) => sum + time, 0)
  return { shares: new Map([...times].map(([part, time]) => [part, time / total])), idle: idle / (idle + total) }
}

function partOf(stack: string): string {
  if (stack.startsWith('(idle) ')) return '(idle)'
  return parts.find(([, pattern]) => pattern.test(stack))?.[0] ?? 'everything else'
}

/** Starts what is profiled. */
async function startProfiled(bench: Bench, profiles: string) {
  const nodeOptions = ['--cpu-prof', '--cpu-prof-dir', profiles]
  if (!services) return startShop(bench, bench.folder, { nodeOptions })
  const [mariadb, kafka] = await Promise.all([runMariadb(bench), runKafka(bench)])
  const place = { folder: bench.folder, database: `${mariadb.url}/profiled`, topic: await makeTopic(kafka) }
  bench.atEnd(() => place.topic.close())
  return serveStoreManager(bench, place, nodeOptions)
}

await runBench(async (bench) => {
  const profiles = join(bench.folder, 'profiles')
  const server = await startProfiled(bench, profiles)
  const headers = { authorization: `Bearer ${server.token}` }
  const request = (i: number) =>
    i < commands ? { method: 'POST', path: '/users', headers, body: newUser(i), expects: 201 } : undefined
  const { seconds } = await runLoad({ port: server.port, clients, request })
  await server.stop()
  const profile = JSON.parse(readFileSync(join(profiles, readdirSync(profiles)[0]!), 'utf8')) as Profile
  console.log(
    `${number(commands)} users, ${number(commands / seconds)} a second under the profiler. ${machineLine(bench.folder)}`,
  )
  const { shares, idle } = sharesOf(profile)
  printTable(
    ['main thread', 'share'],
    [...shares].toSorted(([, a], [, b]) => b - a).map(([part, share]) => [part, `${(100 * share).toFixed(0)} %`]),
  )
  console.log(`It waited ${(100 * idle).toFixed(0)} % of the time.`)
})
