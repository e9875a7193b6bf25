import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startKafka } from '../tools/services/kafka.ts'
import { startMariadb } from '../tools/services/mariadb.ts'
import { listUsers, send, sendUntilAnswered, type HttpAnswer, type HttpCommand } from './testing/api.ts'
import type { Acknowledged } from './testing/check-shop.ts'
import { readPages } from './testing/collect-evidence.ts'
import { readMetrics } from './testing/metrics.ts'
import { checkServices } from './testing/services/check-services.ts'
import { connectTo, takeCommitCounter, untilWaiting } from './testing/services/commit-counter.ts'
import { collectServices, untilSettled } from './testing/services/collect-services.ts'
import { activeRelay, isActiveRelay } from './testing/services/relay-metrics.ts'
import { untilAll } from './testing/services/readiness.ts'
import { coolriel, storeManager, type Service } from './testing/services/service.ts'
import { createServicesPlace, ownEngines } from './testing/services/services-place.ts'
import { watchPositions } from './testing/services/watch-positions.ts'
import { until } from './testing/until.ts'
import { commandsOf, startUserLoad } from './testing/user-load.ts'

const users = 1_500
const clients = 16
const deadlineMs = 120_000
const partitions = 8
// Whoever asked the zombie has all the time: until long after it woke.
const patienceMs = 100_000

test('a store-manager and a Coolriel that sleep past every time-out and wake change nothing', async (t) => {
  const engines = await ownEngines(t, { mariadb: startMariadb(), kafka: startKafka() })
  const place = createServicesPlace(t, engines)
  const stores = [await storeManager(place, 'store-1'), await storeManager(place, 'store-2')]
  const coolriels = [await coolriel(place, 'coolriel-1'), await coolriel(place, 'coolriel-2')] as const
  for (const service of [...stores, ...coolriels]) await service.start()
  const seeds = (await listUsers(stores[0]!)).map((user): Acknowledged => ({ event: 'UserCreated', user }))
  const positions = await watchPositions(place)
  const share = commandsOf(users) / 4
  const load = startUserLoad(stores, { users, clients, deadlineMs, allowed: share })

  // Both fall asleep in the middle of their work, the store-manager inside a transaction.
  await load.reached(share / 2)
  const store = await activeRelay(stores)
  const others = stores.filter((one) => one !== store)
  const [sleeper, other] = coolriels
  const connection = await connectTo(place.storeDatabase)
  await connection.query('begin')
  await takeCommitCounter(connection)
  const underWay = commands.map((command) => send(store, command, { patienceMs }))
  // One of each store-manager: it commits a group of commands at a time.
  await untilWaiting(connection, stores.length)
  store.freeze()
  sleeper.freeze()
  connection.destroy()
  const asleep = performance.now()

  // The others take over all they had.
  load.turnTo(others)
  load.allow(2 * share)
  const repeats = await Promise.all(commands.map((command) => sendUntilAnswered(others, command, { deadlineMs })))
  await until('the other store-manager relays', () => isActiveRelay(others[0]!), { deadlineMs })
  await until('the other Coolriel has every partition', () => readsAll(other), { deadlineMs })
  await load.reached(2 * share)
  await untilSettled(place)
  t.diagnostic(`the others had taken over after ${Math.round(performance.now() - asleep)} ms`)
  const pages = readPages(place)

  // They wake in the middle of the others' work.
  load.allow(3 * share)
  await load.reached(2 * share + share / 2)
  load.turnTo(stores)
  store.wake()
  sleeper.wake()
  const late = await Promise.all(underWay)
  for (const [i, answer] of late.entries()) assertRight(answer, repeats[i]!)
  t.diagnostic(`what the zombie answered: ${late.map(({ status }) => status).join(', ')}`)
  load.allow(4 * share)
  const done = await load.finished
  await untilAll([...stores, ...coolriels], 'ready')
  await untilSettled(place)
  const pagesNow = readPages(place)
  for (const [name, content] of pages) assert.equal(pagesNow.get(name), content, name)

  const { looks, movedBack } = await positions.stop()
  t.diagnostic(`the positions were looked at ${looks} times`)
  assert.deepEqual(movedBack, [])
  const created = commands.map(({ body }, i): Acknowledged => {
    return { event: 'UserCreated', user: { id: Number(repeats[i]!.body['user_id']), ...body } }
  })
  const acknowledged = [...seeds, ...created, ...done.map(({ effect }) => effect)]
  const evidence = await collectServices(place, { stores, coolriels })
  t.diagnostic(`${evidence.topic.length - evidence.events.length} of ${evidence.topic.length} records are repeats`)
  assert.deepEqual(checkServices({ acknowledged, ...evidence }), [])
})

/** What the store-manager is asked when it falls asleep. */
const commands = Array.from({ length: 12 }, (_, n) => {
  const body = { name: `Patient ${n}`, email: `patient-${n}@example.com`, user_type_id: 1 }
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
  return (await readMetrics(service, /^magasin_subscriber_lag\{/)).length === partitions
}
