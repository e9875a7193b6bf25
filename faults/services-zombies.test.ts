import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { startKafka } from '../tools/engines/kafka.ts'
import { startMariadb } from '../tools/engines/mariadb.ts'
import { send, sendUntilAnswered, type HttpAnswer, type HttpCommand } from './testing/api.ts'
import type { Acknowledged } from './testing/check-shop.ts'
import { readPages } from './testing/collect-evidence.ts'
import { readSamples } from '../tools/testing/read-metric.ts'
import { checkServices } from './testing/on-engines/check-services.ts'
import { connectTo, takeCommitCounter, untilWaiting } from './testing/on-engines/commit-counter.ts'
import { collectServices, untilSettled, type RunningServices } from './testing/on-engines/collect-services.ts'
import { activeRelay, isActiveRelay } from './testing/on-engines/relay-metrics.ts'
import { untilAll } from './testing/on-engines/readiness.ts'
import type { Service } from './testing/on-engines/service.ts'
import { ownEngines, type FaultSite } from './testing/on-engines/fault-site.ts'
import { startServices } from './testing/on-engines/start-services.ts'
import { watchPositions } from './testing/on-engines/watch-positions.ts'
import { userTypeOf } from './testing/user.ts'
import { until } from '../tools/testing/until.ts'
import { commandsOf, startUserLoad, type UserLoad } from './testing/user-load.ts'

const skip = skipWithoutMysql || noKafka

const users = 1_500
const clients = 16
const deadlineMs = 120_000
const share = commandsOf(users) / 4
const partitions = 8
// Whoever asked the zombie has all the time: until long after it woke.
const patienceMs = 100_000

test('a store-manager and a Coolriel that sleep past every time-out and wake change nothing', { skip }, async (t) => {
  const engines = await ownEngines(t, { mariadb: startMariadb(), kafka: startKafka() })
  const services = await startServices(t, engines, { stores: 2, coolriels: 2 })
  const { site, stores, coolriels, seeds } = services
  const positions = await watchPositions(t, site)
  const load = startUserLoad(stores, { users, clients, deadlineMs, allowed: share })

  await load.reached(share / 2)
  const scene = { site, load, stores, coolriels, store: await activeRelay(stores) }
  const underWay = await fallAsleep(scene)
  const asleep = performance.now()
  const decided = await takeOver(scene)
  t.diagnostic(`the others had taken over after ${Math.round(performance.now() - asleep)} ms`)
  // What the sleeper was at has no name of its own yet.
  const pages = [...readPages(site)].filter(([name]) => !name.startsWith('.'))
  const late = await wake(scene, underWay)
  t.diagnostic(`what the zombie answered: ${late.map(({ status }) => status).join(', ')}`)
  for (const [i, answer] of late.entries()) assertRight(answer, decided[i]!)

  const done = await load.finished
  await untilAll([...stores, ...coolriels], 'ready')
  await untilSettled(site)
  const { looks, movedBack } = await positions.stop()
  t.diagnostic(`the positions were looked at ${looks} times`)
  assert.deepEqual(movedBack, [])
  const created = commands.map(({ body }, i): Acknowledged => {
    return { event: 'UserCreated', user: { id: Number(decided[i]!.body['user_id']), ...body } }
  })
  const acknowledged = [...seeds, ...created, ...done.map(({ effect }) => effect)]
  const evidence = await collectServices(site, services)
  for (const [name, content] of pages) assert.equal(evidence.files.get(name), content, name)
  t.diagnostic(`${evidence.topic.length - evidence.events.length} of ${evidence.topic.length} records are repeats`)
  assert.deepEqual(checkServices({ acknowledged, ...evidence }), [])
})

interface Scene extends RunningServices {
  readonly site: FaultSite
  readonly load: UserLoad
  /** The store-manager that sleeps: the one that relays. The first Coolriel sleeps, too. */
  readonly store: Service
}

/** Both fall asleep in the middle of their work, the store-manager inside a transaction; answers what it still has to answer. */
async function fallAsleep({ site, stores, coolriels, store }: Scene): Promise<readonly Promise<HttpAnswer>[]> {
  const connection = await connectTo(site.store)
  await connection.query('begin')
  await takeCommitCounter(connection)
  const underWay = commands.map((command) => send(store, command, { patienceMs }))
  // One of each store-manager: it commits a group of commands at a time.
  await untilWaiting(connection, stores.length)
  store.freeze()
  coolriels[0]!.freeze()
  connection.destroy()
  return underWay
}

/** The others take over all that the sleepers had; resolves with what they answer to whom those had not answered. */
async function takeOver({ site, load, stores, coolriels, store }: Scene): Promise<readonly HttpAnswer[]> {
  const others = stores.filter((one) => one !== store)
  load.turnTo(others)
  load.allow(2 * share)
  const decided = await Promise.all(commands.map((command) => sendUntilAnswered(others, command, { deadlineMs })))
  await until('the other store-manager relays', () => isActiveRelay(others[0]!), { deadlineMs })
  await until('the other Coolriel has every partition', () => readsAll(coolriels[1]!), { deadlineMs })
  await load.reached(2 * share)
  await untilSettled(site)
  return decided
}

/** They wake in the middle of the others' work. */
async function wake({ load, stores, coolriels, store }: Scene, underWay: readonly Promise<HttpAnswer>[]) {
  load.allow(3 * share)
  await load.reached(2.5 * share)
  load.turnTo(stores)
  store.wake()
  coolriels[0]!.wake()
  load.allow(4 * share)
  return Promise.all(underWay)
}

/** What the store-manager is asked when it falls asleep. */
const commands = Array.from({ length: 12 }, (_, n) => {
  const body = { name: `Patient ${n}`, email: `patient-${n}@example.com`, user_type_id: userTypeOf(n) }
  return { method: 'POST', path: '/users', body, key: `patient-${n}` } as const satisfies HttpCommand
})

/** Of a command that was sent to two stores, a late answer says the same as the other, or that it cannot tell. */
function assertRight(late: HttpAnswer, other: HttpAnswer): void {
  assert.equal(other.status, 201)
  if (late.status === 503) return
  assert.equal(late.status, 201)
  assert.deepEqual(late.body, other.body)
}

async function readsAll(service: Service): Promise<boolean> {
  return (await readSamples(service, /^magasin_subscriber_lag\{/)).length === partitions
}
