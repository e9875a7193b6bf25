// What a command costs as the store grows: on streams of different lengths, on tables of different sizes, beside other topics.
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { runBench, type Bench } from './support/bench.ts'
import { runMariadb } from './support/engines.ts'
import { fillDatabase, type FilledStream } from './support/fill-database.ts'
import { openMeasuredStore, type MeasuredStore, type RecordedUser, type StoreLocation } from './support/library-path.ts'
import { readOptions } from './support/options.ts'
import { cpuSecondsOf } from './support/process-cpu.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'
import { openStoreOfTopics } from './support/store-of-topics.ts'
import { newUser } from './support/user-rows.ts'

const options = readOptions(
  `The same command, alone and in groups of 32: on a short, a middle and a long stream of one store; of a new user in a small and in a large
store; of a new user in small stores of one, of few and of many topics. The library alone, in this process, on SQLite; with --mysql on the
server that MAGASIN_TEST_MYSQL names, else on a MariaDB of its own (only then with its CPU). Filling takes about a minute on SQLite and some
five on MariaDB, measuring some fifteen seconds a round.`,
  {
    short: { default: 10, meaning: 'events of a short stream' },
    middle: { default: 10_000, meaning: 'events of a middle stream' },
    long: { default: 300_000, meaning: 'events of a long stream' },
    small: { default: 10_000, meaning: 'events, and users, of a small store' },
    large: { default: 2_000_000, meaning: 'events, and users, of a large store' },
    lone: { default: 320, meaning: 'commands one after the other, in each measurement' },
    groups: { default: 60, meaning: 'groups of commands, in each measurement' },
    rounds: { default: 5, meaning: 'how often each is measured, in turn' },
    few: { default: 4, meaning: 'topics of a store of few topics, the users’ among them' },
    many: { default: 16, meaning: 'topics of a store of many topics' },
  },
  { mysql: 'MariaDB or MySQL, in place of SQLite' },
)

const groupSize = 32

interface Subject {
  readonly name: string
  readonly store: MeasuredStore
  /** Makes the user for the next command; it is asked anew before every 32 commands, with how often it was asked. */
  readonly next: (turn: number) => () => RecordedUser
}

interface Cost {
  readonly wallMicros: number
  readonly cpuMicros: number
  /** NaN where the server is not ours to watch. */
  readonly mariadbMicros: number
}

const modes = ['alone', 'in groups'] as const
type Costs = Readonly<Record<(typeof modes)[number], Cost>>

type Server = { readonly url: string; readonly pid: number | undefined } | undefined

let turn = 0

async function measure({ store, next }: Subject, server: Server): Promise<Costs> {
  const watched = async (commands: number, work: () => Promise<void>): Promise<Cost> => {
    const [cpu, mariadb, started] = [process.cpuUsage(), cpuSecondsOf(server?.pid), performance.now()]
    await work()
    const seconds = (performance.now() - started) / 1_000
    const { user, system } = process.cpuUsage(cpu)
    const micros = (all: number) => (all / commands) * 1e6
    return {
      wallMicros: micros(seconds),
      cpuMicros: micros((user + system) / 1e6),
      mariadbMicros: micros(cpuSecondsOf(server?.pid) - mariadb),
    }
  }
  return {
    alone: await watched(options.lone, async () => {
      let user = next(++turn)
      for (let i = 1; i <= options.lone; i++) {
        await store.record(user())
        if (i % groupSize === 0) user = next(++turn)
      }
    }),
    'in groups': await watched(options.groups * groupSize, async () => {
      for (let i = 0; i < options.groups; i++) {
        const user = next(++turn)
        await Promise.all(Array.from({ length: groupSize }, () => store.record(user())))
      }
    }),
  }
}

/** As many short streams as there are turns: one that is used again and again would not stay short. */
const shortStreams = (options.rounds + 1) * 3 * (Math.ceil(options.lone / groupSize) + 1 + options.groups)
const middleId = shortStreams + 1
const longId = shortStreams + 2

function* streams(): Generator<FilledStream> {
  for (let id = 1; id <= shortStreams; id++) yield { id, events: options.short }
  yield { id: middleId, events: options.middle }
  yield { id: longId, events: options.long }
}

async function streamSubjects(location: StoreLocation): Promise<readonly Subject[]> {
  progress(`filling a store with streams of up to ${number(options.long)} events`)
  await fillDatabase(location, streams())
  const store = await openMeasuredStore(location)
  let changes = 0
  const change = (id: number) => () => ({ id, name: `Ada Lovelace ${++changes}`, email: newUser(id).email })
  return [
    { name: `a stream of ${number(options.short)} events`, store, next: (one) => change(one) },
    { name: `a stream of ${number(options.middle)} events`, store, next: () => change(middleId) },
    { name: `a stream of ${number(options.long)} events`, store, next: () => change(longId) },
  ]
}

function* users(count: number): Generator<FilledStream> {
  for (let id = 1; id <= count; id++) yield { id, events: 1 }
}

interface Filled {
  readonly name: string
  /** How many users are in it, an event each. */
  readonly size: number
  readonly open: (location: StoreLocation) => Promise<MeasuredStore>
}

async function newUsersSubject(location: StoreLocation, { name, size, open }: Filled): Promise<Subject> {
  progress(`filling ${name}`)
  await fillDatabase(location, users(size))
  const store = await open(location)
  let id = size
  // Anywhere among the addresses that are there, as those of new users are.
  const email = () => `ada-${1 + Math.floor(Math.random() * size)}-${id}@example.com`
  const next = () => () => ({ id: ++id, name: `Ada Lovelace ${id}`, email: email() })
  return { name, store, next }
}

/** Of the shop as it is. */
const tableSubject = (location: StoreLocation, size: number): Promise<Subject> =>
  newUsersSubject(location, { name: `a store of ${number(size)} events and users`, size, open: openMeasuredStore })

/** The store has no more users for its further topics. */
const topicsSubject = (location: StoreLocation, topics: number): Promise<Subject> =>
  newUsersSubject(location, {
    name: `a store of ${number(topics)} ${topics === 1 ? 'topic' : 'topics'}`,
    size: options.small,
    open: (filled) => openStoreOfTopics(filled, topics),
  })

/** Measures the subjects in turn, and prints each beside the first. */
async function compare(subjects: readonly Subject[], server: Server): Promise<void> {
  const series = subjects.map((): Costs[] => [])
  // The first round warms up.
  for (let round = 0; round <= options.rounds; round++) {
    progress(round === 0 ? 'warming up' : `round ${round} of ${options.rounds}`)
    for (const [i, subject] of subjects.entries()) {
      const costs = await measure(subject, server)
      if (round > 0) series[i]!.push(costs)
    }
  }
  for (const mode of modes) {
    const of = (i: number, cost: keyof Cost) => series[i]!.map((costs) => costs[mode][cost])
    // Each round beside its own neighbour: what else the machine does changes from minute to minute.
    const ratio = (i: number, cost: keyof Cost) => spread(of(i, cost).map((one, at) => one / of(0, cost)[at]!))
    printTable(
      [`µs/command, ${mode}`, 'in all', '÷ smallest', 'CPU', '÷ smallest', 'CPU of MariaDB', '÷ smallest'],
      subjects.map(({ name }, i) => [
        name,
        ...(['wallMicros', 'cpuMicros', 'mariadbMicros'] as const).flatMap((cost) => [
          spread(of(i, cost)),
          ratio(i, cost),
        ]),
      ]),
    )
  }
}

async function findServer(bench: Bench): Promise<Server> {
  if (!options.mysql) return undefined
  const given = process.env['MAGASIN_TEST_MYSQL']
  if (given !== undefined) return { url: given, pid: undefined }
  const mariadb = await runMariadb(bench)
  await holdTablesInMemory(mariadb.url)
  return mariadb
}

await runBench(async (bench) => {
  const server = await findServer(bench)
  const prefix = `growth_${process.pid}`
  const place = (name: string): StoreLocation => {
    const database = `${prefix}_${name}`
    if (server !== undefined) bench.atEnd(() => dropDatabase(server.url, database))
    return { dataDir: join(bench.folder, name), mysql: server && `${server.url}/${database}` }
  }
  const ofStreams = await streamSubjects(place('streams'))
  const ofTables = [
    await tableSubject(place('small'), options.small),
    await tableSubject(place('large'), options.large),
  ]
  const ofTopics: Subject[] = []
  for (const [i, topics] of [1, options.few, options.many].entries())
    ofTopics.push(await topicsSubject(place(`topics_${i}`), topics))
  console.log(`Groups of ${groupSize}; ${options.rounds} rounds in turn. ${machineLine(bench.folder)}.`)
  console.log(
    `${server === undefined ? 'SQLite' : 'MariaDB'}. A short stream grows to ${number(options.short + groupSize)} events before the next is taken.`,
  )
  await compare(ofStreams, server)
  await compare(ofTables, server)
  await compare(ofTopics, server)
  for (const { store } of [ofStreams[0]!, ...ofTables, ...ofTopics]) await store.close()
})

/** As an operator would have it: with the 128 MB of a new server, what is measured of two million users is the disk. */
async function holdTablesInMemory(url: string): Promise<void> {
  const connection = await createConnection(url)
  await connection.query('set global innodb_buffer_pool_size = 2147483648')
  await connection.end()
}

async function dropDatabase(url: string, name: string): Promise<void> {
  const connection = await createConnection(url)
  await connection.query(`drop database if exists ${name}`)
  await connection.end()
}
