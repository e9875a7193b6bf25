import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { startKafka } from '../tools/engines/kafka.ts'
import { startMariadb } from '../tools/engines/mariadb.ts'
import { send } from './testing/api.ts'
import { handledEvents } from './testing/metrics.ts'
import { chooseSeed, createRandom, type Random } from './testing/random.ts'
import { checkServices } from './testing/on-engines/check-services.ts'
import { collectServices, type RunningServices } from './testing/on-engines/collect-services.ts'
import { activeRelay } from './testing/on-engines/relay-metrics.ts'
import type { Service } from './testing/on-engines/service.ts'
import { ownEngines, type Engines } from './testing/on-engines/fault-site.ts'
import { startServices } from './testing/on-engines/start-services.ts'
import { until } from '../tools/testing/until.ts'
import { commandsOf, startUserLoad, type UserLoad } from './testing/user-load.ts'

const skip = skipWithoutMysql || noKafka

const users = 5_000
const clients = 48
const deadlineMs = 120_000
const repeats = 50

/** How often each is killed. */
const kills = { store1: 3, store2: 3, activeRelay: 3, coolriel1: 2, coolriel2: 2, kafka: 3, mariadb: 3 }
type Kind = keyof typeof kills

test('services and engines that are killed keep every acknowledged command, and nothing else', { skip }, async (t) => {
  const random = createRandom(chooseSeed())
  t.diagnostic(`FAULTS_SEED=${random.seed} repeats the choices of this run`)
  const engines = await ownEngines(t, { mariadb: startMariadb(), kafka: startKafka() })
  const services = await startServices(t, engines, { stores: 2, coolriels: 2 })
  const { site, stores, seeds } = services

  const load = startUserLoad(stores, { users, clients, deadlineMs, allowed: 0 })
  const victims = victimsAmong(services, engines)
  const [done, killed] = await Promise.all([load.finished, killAgainAndAgain(t, { load, random, victims })])
  assert.ok(killed >= 15, `only ${killed} kills`)
  const { sentAgain, replayed } = load.counts
  t.diagnostic(`${done.length} commands, ${sentAgain} sent again, ${replayed} of them done before`)
  assert.ok(sentAgain >= 10, `only ${sentAgain} commands met a kill`)
  // Counted, not read: Coolriel is at work on them.
  const written = readdirSync(site.outputDir).length
  t.diagnostic(`${written} e-mails were written while all that went on`)
  assert.ok(written > 100, 'the kills hardly met Coolriel at work')

  for (let i = 0; i < repeats; i++) {
    const { command, answer } = done[random.between(0, done.length - 1)]!
    assert.deepEqual(await send(stores[i % 2]!, command), { ...answer, isReplayed: true }, command.key)
  }
  const acknowledged = [...seeds, ...done.map(({ effect }) => effect)]
  assert.equal(acknowledged.length, 5 + 5_000 + 1_667)
  const evidence = await collectServices(site, services)
  t.diagnostic(`${evidence.topic.length - evidence.events.length} of ${evidence.topic.length} records are repeats`)
  assert.deepEqual(checkServices({ acknowledged, ...evidence }), [])
})

/** What can be killed, and comes back where it was. */
interface Victim {
  kill(): Promise<void>
  start(): Promise<void>
}

type Victims = Readonly<Record<Kind, () => Promise<Victim>>>

function victimsAmong({ stores, coolriels }: RunningServices, { mariadb, kafka }: Engines): Victims {
  return {
    store1: async () => stores[0]!,
    store2: async () => stores[1]!,
    activeRelay: () => activeRelay(stores),
    coolriel1: () => atWork(coolriels[0]!),
    coolriel2: () => atWork(coolriels[1]!),
    kafka: async () => kafka,
    mariadb: async () => mariadb,
  }
}

/**
 * A Coolriel that has begun to write e-mails, if it comes to that soon: the group gives its partitions to nobody else before ten seconds
 * after it was killed, and killed again by then it has done nothing.
 */
async function atWork(service: Service): Promise<Service> {
  const hasWritten = async () => (await handledEvents(service)) > 0
  await until(`${service.name} writes e-mails`, hasWritten, { deadlineMs: 20_000 }).catch(() => undefined)
  return service
}

interface KillRun {
  readonly load: UserLoad
  readonly random: Random
  readonly victims: Victims
}

/**
 * Kills one or two at a time while clients work, and starts them again. The commands are dealt out in equal shares: while the last of
 * those killed comes up again, the clients may finish the share and no more, so that there are commands for every kill.
 * Resolves with how many were killed.
 */
async function killAgainAndAgain(t: TestContext, { load, random, victims }: KillRun): Promise<number> {
  const rounds = chooseRounds(random)
  let count = 0
  const share = Math.ceil(commandsOf(users) / rounds.length)
  for (const [i, round] of rounds.entries()) {
    load.allow((i + 1) * share)
    await load.reached(i * share + random.between(1, share >> 1))
    // Some commands later: in the middle of a commit, of an answer, of an e-mail.
    await delay(random.between(0, 10))
    const killed = new Set(await Promise.all(round.map((kind) => victims[kind]())))
    await Promise.all([...killed].map((victim) => victim.kill()))
    const started = performance.now()
    await Promise.all([...killed].map((victim) => delay(random.between(0, 500)).then(() => victim.start())))
    t.diagnostic(`killed ${round.join(' and ')}; back after ${Math.round(performance.now() - started)} ms`)
    count += killed.size
  }
  return count
}

/** Every kill of the run, in random order, one or two at a time. */
function chooseRounds(random: Random): readonly (readonly Kind[])[] {
  const left = Object.entries(kills).flatMap(([kind, count]) => Array.from({ length: count }, () => kind as Kind))
  const take = (): Kind => left.splice(random.between(0, left.length - 1), 1)[0]!
  const rounds: Kind[][] = []
  while (left.length > 0) rounds.push([take()])
  // Every other round, by chance, is put together with the one before, unless that kills the same.
  return rounds.reduce<Kind[][]>((all, [kind]) => {
    const last = all.at(-1)
    if (last?.length === 1 && last[0] !== kind && random.between(1, 2) === 1) last.push(kind!)
    else all.push([kind!])
    return all
  }, [])
}
