// Where the main thread of a shop spends its time while 64 clients create users: a V8 profile, each sample given to one part of the code.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runBench } from './support/bench.ts'
import { runLoad } from './support/http-load.ts'
import { readOptions } from './support/options.ts'
import { machineLine, number, printTable } from './support/report.ts'
import { startShop } from './support/shop.ts'
import { newUser } from './support/user-rows.ts'

const { commands, clients } = readOptions(
  `A profile of the whole shop in its own process under POST /users: the share of each part in the time that its main thread works.
Takes about half a minute. The profile itself costs some of the speed; starting the program is left out.`,
  {
    commands: { default: 20_000, meaning: 'users created' },
    clients: { default: 64, meaning: 'connections that send them' },
  },
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

/** The parts, in the order in which they are asked: a sample belongs to the first whose pattern is found in its stack. */
const parts: readonly (readonly [string, RegExp])[] = [
  ['(start)', /node:internal\/modules\/|compileSource/],
  // Files are written by Coolriel alone, and their callbacks have no caller of ours.
  [
    'Coolriel and the log',
    /services\/coolriel|libs\/subscribers|libs\/event-log|fs\/promises|^(?:openFileHandle|writeUtf8String|writeBuffer|rename|fsync|close) /,
  ],
  ['access', /access\/tokens|(?:authenticate|admit) /],
  ['event store: Kysely, SQLite, its flush', /libs\/event-store|libs\/sql|node_modules\/kysely/],
  [
    'HTTP',
    /node:_?http|node:net|node:internal\/streams|node_modules\/(?:fastify|find-my-way|ajv|pino|secure-json-parse)|libs\/service-kit/,
  ],
  ['garbage collection', /^\(garbage collector\) /],
]

function sharesOf({ nodes, samples, timeDeltas }: Profile): ReadonlyMap<string, number> {
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
  for (const left of ['(idle)', '(start)']) times.delete(left)
  const total = [...times.values()].reduce((sum, time) => sum + time, 0)
  return new Map([...times].map(([part, time]) => [part, time / total]))
}

function partOf(stack: string): string {
  if (stack.startsWith('(idle) ')) return '(idle)'
  return parts.find(([, pattern]) => pattern.test(stack))?.[0] ?? 'everything else'
}

await runBench(async (bench) => {
  const profiles = join(bench.folder, 'profiles')
  const shop = await startShop(bench, bench.folder, ['--cpu-prof', '--cpu-prof-dir', profiles])
  const headers = { authorization: `Bearer ${shop.token}` }
  const request = (i: number) =>
    i < commands ? { method: 'POST', path: '/users', headers, body: newUser(i), expects: 201 } : undefined
  const { seconds } = await runLoad({ port: shop.port, clients, request })
  await shop.stop()
  const profile = JSON.parse(readFileSync(join(profiles, readdirSync(profiles)[0]!), 'utf8')) as Profile
  console.log(
    `${number(commands)} users, ${number(commands / seconds)} a second under the profiler. ${machineLine(bench.folder)}`,
  )
  const shares = [...sharesOf(profile)].toSorted(([, a], [, b]) => b - a)
  printTable(
    ['main thread', 'share'],
    shares.map(([part, share]) => [part, `${(100 * share).toFixed(0)} %`]),
  )
})
