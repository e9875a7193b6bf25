import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startKafka } from '../tools/services/kafka.ts'
import { startMariadb } from '../tools/services/mariadb.ts'
import { listUsers, send } from './testing/api.ts'
import type { Acknowledged } from './testing/check-shop.ts'
import { readPages } from './testing/collect-evidence.ts'
import { chooseSeed, createRandom, type Random } from './testing/random.ts'
import { checkServices } from './testing/services/check-services.ts'
import { collectServices, type RunningServices } from './testing/services/collect-services.ts'
import { activeRelay } from './testing/services/relay-metrics.ts'
import { coolriel, storeManager, type Service } from './testing/services/service.ts'
import { createServicesPlace, ownEngines, type Engines } from './testing/services/services-place.ts'
import { commandsOf, startUserLoad, type UserLoad } from './testing/user-load.ts'

const users = 5_000
const clients = 48
const deadlineMs = 120_000
const repeats = 50

/** How often each is killed. */
const kills = { store1: 3, store2: 3, activeRelay: 3, coolriel1: 2, coolriel2: 2, kafka: 3, mariadb: 3 }
type Kind = keyof typeof kills

test('services and engines that are killed again and again keep every acknowledged command, and nothing else', async (t) => {
  const random = createRandom(chooseSeed())
  t.diagnostic(`FAULTS_SEED=${random.seed} repeats the choices of this run`)
  const engines = await ownEngines(t, { mariadb: startMariadb(), kafka: startKafka() })
  const place = createServicesPlace(t, engines)
  const stores = [await storeManager(place, 'store-1'), await storeManager(place, 'store-2')] as const
  const coolriels = [await coolriel(place, 'coolriel-1'), await coolriel(place, 'coolriel-2')] as const
  await warmUp([stores[0], coolriels[0]])
  await Promise.all([...stores, ...coolriels].map((service) => service.start()))

  const seeds = (await listUsers(stores[0])).map((user): Acknowledged => ({ event: 'UserCreated', user }))
  const load = startUserLoad(stores, { users, clients, deadlineMs, allowed: 0 })
  const victims = victimsAmong({ stores, coolriels }, engines)
  const [done] = await Promise.all([load.finished, killAgainAndAgain(t, { load, random, victims })])
  t.diagnostic(
    `${done.length} commands, ${load.counts.sentAgain} sent again, ${load.counts.replayed} of them done before`,
  )
  const written = readPages(place).size
  t.diagnostic(`${written} e-mails were written while all that went on`)
  assert.ok(written > users / 10, 'the kills hardly met Coolriel at work')
  assert.ok(load.counts.sentAgain >= 10, `only ${load.counts.sentAgain} commands met a kill`)

  for (let i = 0; i < repeats; i++) {
    const { command, answer } = done[random.between(0, done.length - 1)]!
    assert.deepEqual(await send(stores[i % 2]!, command), { ...answer, isReplayed: true }, command.key)
  }
  const acknowledged = [...seeds, ...done.map(({ effect }) => effect)]
  assert.equal(acknowledged.length, 5 + 5_000 + 1_667)
  const evidence = await collectServices(place, { stores, coolriels })
  t.diagnostic(`${evidence.topic.length - evidence.events.length} of ${evidence.topic.length} records are repeats`)
  assert.deepEqual(checkServices({ acknowledged, ...evidence }), [])
})

/** Leaves the programs compiled for all the starts that follow: a killed process cannot. */
async function warmUp(services: readonly Service[]): Promise<void> {
  for (const service of services) {
    await service.start()
    assert.equal(await service.stop(), 0, service.output())
  }
}

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
    coolriel1: async () => coolriels[0]!,
    coolriel2: async () => coolriels[1]!,
    kafka: async () => kafka,
    mariadb: async () => mariadb,
  }
}

interface KillRun {
  readonly load: UserLoad
  readonly random: Random
  readonly victims: Victims
}

/**
 * Kills one or two at a time while clients work, and starts them again. The commands are dealt out in equal shares: while the last of
 * those killed comes up again, the clients may finish the share and no more, so that there are commands for every kill.
 */
async function killAgainAndAgain(t: TestContext, { load, random, victims }: KillRun): Promise<void> {
  const rounds = chooseRounds(random)
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
  }
}

/** Every kill of the run, in random order, one or two at a time. */
function chooseRounds(random: Random): readonly (readonly Kind[])[] {
  const left = Object.entries(kills).flatMap(([kind, count]) => Array.from({ length: count }, () => kind as Kind))
  const take = (): Kind => left.splice(random.between(0, left.length - 1), 1)[0]!
  const rounds: Kind[][] = []
  while (left.length > 0) rounds.push(left.length > 1 && random.between(1, 2) === 1 ? [take(), take()] : [take()])
  return rounds
}
