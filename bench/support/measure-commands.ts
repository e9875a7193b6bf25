import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openStore } from '@magasin/store-manager/open-store'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Engine } from '../../tools/engines/engine.ts'
import type { Bench } from './bench.ts'
import { runLoad, type LoadOptions, type LoadResult } from './http-load.ts'
import { readMetric } from './metrics.ts'
import { cpuSecondsOf } from './process-cpu.ts'
import type { Taken } from './record-watch.ts'
import { serveCoolriel, serveStoreManager } from './services.ts'
import { percentile } from './statistics.ts'
import { makeTopic, type MeasuredTopic } from './topic.ts'
import { newUser } from './user-rows.ts'

/** What all measurements of a run share. */
export interface World {
  readonly bench: Bench
  readonly mariadb: Engine
  readonly kafka: Engine
  readonly commands: number
  readonly clients: number
  readonly warmup: number
}

export interface Measurement {
  readonly perSecond: number
  /** Of the answers; NaN where nobody asks over HTTP. */
  readonly p50: number
  readonly p99: number
  /** From the last answer to when everything was on the broker, and handled where Coolriel runs. */
  readonly drainSeconds: number
  /** CPU for each command in microseconds, until everything was drained; NaN where there is no such process. */
  readonly cpu: Readonly<Record<'server' | 'mariadb' | 'kafka' | 'coolriel' | 'load', number>>
}

const seedUsers = 5
const askAgainMs = 25

/** POST /users to a store-manager of its own with the relay in it; `isKeyed`: each with an Idempotency-Key. */
export async function measureStoreManager(
  world: World,
  { isKeyed = false, withCoolriel = false }: { readonly isKeyed?: boolean; readonly withCoolriel?: boolean },
): Promise<Measurement> {
  const { bench, warmup, commands } = world
  return withFreshPlace(world, async (place) => {
    const server = await serveStoreManager(bench, place)
    const coolriel = withCoolriel ? await serveCoolriel(bench, place) : undefined
    const headers = { authorization: `Bearer ${server.token}` }
    const events = seedUsers + warmup + commands
    const measured = await measureServer(world, {
      port: server.port,
      pids: { server: server.pid, coolriel: coolriel?.pid },
      headersOf: () => (isKeyed ? { ...headers, 'idempotency-key': randomUUID() } : headers),
      async drained(users) {
        while ((await place.topic.count()) < seedUsers + users) await delay(askAgainMs)
        if (coolriel === undefined) return
        while ((await readMetric(coolriel.port, 'magasin_subscriber_lag{')) > 0) await delay(askAgainMs)
      },
    })
    await coolriel?.stop()
    await server.stop()
    await place.topic.check(events)
    await checkRows(`${place.database}_store_manager`, { users: events, events })
    return measured
  })
}

/** POST /users to the server in the lab's manner. */
export async function measureLabServer(world: World): Promise<Measurement> {
  const { bench, clients, warmup, commands } = world
  return withFreshPlace(world, async ({ database, topic }) => {
    await createDatabase(database)
    const args = [database, topic.broker, topic.name, String(clients)]
    const server = bench.start('bench/commit-then-send.ts', { args })
    const port = Number((await server.waitFor(/http:\/\/127\.0\.0\.1:(\d+)/))[1])
    const none = () => ({})
    const measured = await measureServer(world, {
      port,
      pids: { server: server.pid },
      headersOf: none,
      // It answers after the broker has.
      drained: () => Promise.resolve(),
    })
    await server.stop()
    await topic.check(warmup + commands)
    await checkRows(database, { users: warmup + commands })
    return measured
  })
}

/** The bare driver, in a process of its own, on the store's own tables. */
export async function measureBareDriver(world: World): Promise<Measurement> {
  const { bench, mariadb, clients, warmup, commands } = world
  return withFreshPlace(world, async ({ folder, database }) => {
    const { hostname: host, port, pathname } = new URL(database)
    const server = { host, port: Number(port), user: 'root', password: '', name: pathname.slice(1) }
    await (await openStore({ dataDir: folder, database: server })).close()
    const before = cpuSecondsOf(mariadb.pid)
    const args = [database, String(commands), String(warmup), String(clients)]
    const { stdout } = await bench.start('bench/bare-mysql.ts', { args }).ended
    await checkRows(database, { users: warmup + commands, events: warmup + commands })
    const { records, seconds, cpuSeconds } = JSON.parse(stdout) as Taken
    return {
      perSecond: records / seconds,
      p50: NaN,
      p99: NaN,
      drainSeconds: NaN,
      cpu: {
        server: (cpuSeconds / records) * 1e6,
        // The warm-up costs the server what the rest does.
        mariadb: ((cpuSecondsOf(mariadb.pid) - before) / (commands + warmup)) * 1e6,
        kafka: NaN,
        coolriel: NaN,
        load: NaN,
      },
    }
  })
}

interface MeasuredServer {
  readonly port: number
  readonly pids: { readonly server: number; readonly coolriel?: number | undefined }
  readonly headersOf: () => Readonly<Record<string, string>>
  /** Resolves when all that follows from so many created users is done. */
  drained(users: number): Promise<void>
}

async function measureServer(world: World, server: MeasuredServer): Promise<Measurement> {
  const { mariadb, kafka, clients, warmup, commands } = world
  const load = (first: number, count: number): LoadOptions => ({
    port: server.port,
    clients,
    request: (i) => (i < count ? requestOf(server, first + i) : undefined),
  })
  await runLoad(load(0, warmup))
  await server.drained(warmup)
  const pids = { ...server.pids, mariadb: mariadb.pid, kafka: kafka.pid }
  const before = cpuOf(pids)
  const loaded = await runLoad(load(warmup, commands))
  const answered = performance.now()
  await server.drained(warmup + commands)
  const drainSeconds = (performance.now() - answered) / 1_000
  const after = cpuOf(pids)
  const micros = (name: keyof typeof before) => ((after[name] - before[name]) / commands) * 1e6
  return {
    ...ratesOf(loaded, commands),
    drainSeconds,
    cpu: {
      server: micros('server'),
      mariadb: micros('mariadb'),
      kafka: micros('kafka'),
      coolriel: micros('coolriel'),
      load: (loaded.clientCpuSeconds / commands) * 1e6,
    },
  }
}

function requestOf({ headersOf }: MeasuredServer, i: number) {
  return { method: 'POST', path: '/users', headers: headersOf(), body: newUser(i), expects: 201 }
}

function ratesOf({ seconds, latenciesMs }: LoadResult, commands: number) {
  return { perSecond: commands / seconds, p50: percentile(latenciesMs, 0.5), p99: percentile(latenciesMs, 0.99) }
}

type Pids = Readonly<Record<'server' | 'mariadb' | 'kafka', number | undefined>> & {
  readonly coolriel?: number | undefined
}

function cpuOf({ server, mariadb, kafka, coolriel }: Pids) {
  return {
    server: cpuSecondsOf(server),
    mariadb: cpuSecondsOf(mariadb),
    kafka: cpuSecondsOf(kafka),
    coolriel: cpuSecondsOf(coolriel),
  }
}

interface FreshPlace {
  readonly folder: string
  readonly database: string
  readonly topic: MeasuredTopic
}

/** Each measurement begins with nothing, and leaves nothing that the next one would pay for. */
async function withFreshPlace<T>(world: World, work: (place: FreshPlace) => Promise<T>): Promise<T> {
  const name = `bench_${randomUUID().slice(0, 8)}`
  const folder = join(world.bench.folder, name)
  mkdirSync(folder)
  const topic = await makeTopic(world.kafka)
  const result = await work({ folder, database: `${world.mariadb.url}/${name}`, topic })
  await topic.drop()
  await dropDatabases(world.mariadb, name)
  rmSync(folder, { recursive: true })
  return result
}

async function createDatabase(location: string): Promise<void> {
  const { pathname } = new URL(location)
  const connection = await createConnection(location.slice(0, -pathname.length))
  await connection.query(`create database ${pathname.slice(1)} character set utf8mb4`)
  await connection.end()
}

async function dropDatabases({ url }: Engine, beginning: string): Promise<void> {
  const connection = await createConnection(url)
  const [found] = await connection.query<RowDataPacket[]>('show databases')
  for (const name of found.map((row) => String(row['Database'])).filter((one) => one.startsWith(beginning)))
    await connection.query(`drop database ${name}`)
  await connection.end()
}

/** What was counted is what is there: a figure for work that was not done is worth nothing. */
async function checkRows(location: string, expected: Readonly<Record<string, number>>): Promise<void> {
  const connection = await createConnection(location)
  for (const [table, rows] of Object.entries(expected)) {
    const [[found]] = await connection.query<RowDataPacket[]>(`select count(*) as count from ${table}`)
    if (found?.['count'] !== rows) throw new Error(`${table} holds ${found?.['count']} rows where ${rows} were created`)
  }
  await connection.end()
}
