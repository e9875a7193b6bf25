import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Engine } from '../../tools/engines/engine.ts'
import type { Bench } from './bench.ts'
import { checkRows, createDatabase, withFreshPlace } from './fresh-place.ts'
import { runLoad, type LoadOptions } from './http-load.ts'
import { openMeasuredStore } from './library-path.ts'
import { readMetric } from './metrics.ts'
import { cpuSecondsOf } from './process-cpu.ts'
import type { Taken } from './record-watch.ts'
import { serveCoolriel, serveStoreManager } from './services.ts'
import { percentile } from './statistics.ts'
import { newUser } from './user-rows.ts'

/** What all measurements of a run share. */
export interface World {
  readonly bench: Bench
  readonly mariadb: Engine
  readonly kafka: Engine
  readonly commands: number
  readonly clients: number
  /** How many commands come from a client that is alone. */
  readonly lone: number
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

/** How commands come: from all clients at once, and one after the other from a client that is alone. */
export const manners = ['crowd', 'lone'] as const
export type Measured = Readonly<Record<(typeof manners)[number], Measurement>>

// The seed: five users, and four products, each counted once.
const [seedUsers, seedEvents] = [5, 13]
const askAgainMs = 25

/** POST /users to a store-manager of its own with the relay in it; `isKeyed`: each with an Idempotency-Key. */
export async function measureStoreManager(
  world: World,
  { isKeyed = false, withCoolriel = false }: { readonly isKeyed?: boolean; readonly withCoolriel?: boolean },
): Promise<Measured> {
  const { bench } = world
  return withFreshPlace(world, async (place) => {
    const server = await serveStoreManager(bench, place)
    const coolriel = withCoolriel ? await serveCoolriel(bench, place) : undefined
    const headers = { authorization: `Bearer ${server.token}` }
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
    const users = seedUsers + createdIn(world)
    await place.topic.check(users)
    await checkRows(`${place.database}_store_manager`, { users, events: seedEvents + createdIn(world) })
    return measured
  })
}

/** POST /users to the server in the lab's manner. */
export async function measureLabServer(world: World): Promise<Measured> {
  const { bench, clients } = world
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
    await topic.check(createdIn(world))
    await checkRows(database, { users: createdIn(world) })
    return measured
  })
}

const createdIn = ({ warmup, commands, lone }: World): number => warmup + commands + lone

/** The bare driver, in a process of its own, on the store's own tables. */
export async function measureBareDriver(world: World): Promise<Measured> {
  const { clients, commands, lone, warmup } = world
  return {
    crowd: await runBareDriver(world, { inFlight: clients, commands, warmup }),
    lone: await runBareDriver(world, { inFlight: 1, commands: lone, warmup: Math.min(warmup, lone) }),
  }
}

function runBareDriver(
  world: World,
  { inFlight, commands, warmup }: { readonly inFlight: number; readonly commands: number; readonly warmup: number },
): Promise<Measurement> {
  const { bench, mariadb } = world
  return withFreshPlace(world, async ({ folder, database }) => {
    await (await openMeasuredStore({ dataDir: folder, mysql: database })).close()
    const before = cpuSecondsOf(mariadb.pid)
    const args = [database, String(commands), String(warmup), String(inFlight)]
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

async function measureServer(world: World, server: MeasuredServer): Promise<Measured> {
  const { clients, lone, warmup, commands } = world
  await runLoad(loadOn(server, { clients, first: 0, count: warmup }))
  await server.drained(warmup)
  return {
    crowd: await measureLoad(world, server, { clients, first: warmup, count: commands }),
    lone: await measureLoad(world, server, { clients: 1, first: warmup + commands, count: lone }),
  }
}

interface Batch {
  readonly clients: number
  readonly first: number
  readonly count: number
}

function loadOn({ port, headersOf }: MeasuredServer, { clients, first, count }: Batch): LoadOptions {
  const requestOf = (user: number) => {
    return { method: 'POST', path: '/users', headers: headersOf(), body: newUser(user), expects: 201 }
  }
  return { port, clients, request: (i) => (i < count ? requestOf(first + i) : undefined) }
}

async function measureLoad({ mariadb, kafka }: World, server: MeasuredServer, batch: Batch): Promise<Measurement> {
  const pids = { ...server.pids, mariadb: mariadb.pid, kafka: kafka.pid }
  const { first, count } = batch
  const before = cpuOf(pids)
  const { seconds, latenciesMs, clientCpuSeconds } = await runLoad(loadOn(server, batch))
  const answered = performance.now()
  await server.drained(first + count)
  const drainSeconds = (performance.now() - answered) / 1_000
  const after = cpuOf(pids)
  const micros = (name: keyof typeof before) => ((after[name] - before[name]) / count) * 1e6
  return {
    perSecond: count / seconds,
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    drainSeconds,
    cpu: {
      server: micros('server'),
      mariadb: micros('mariadb'),
      kafka: micros('kafka'),
      coolriel: micros('coolriel'),
      load: (clientCpuSeconds / count) * 1e6,
    },
  }
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
