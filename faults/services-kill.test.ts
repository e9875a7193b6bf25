import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { startKafka } from '../tools/engines/kafka.ts'
import { startMariadb } from '../tools/engines/mariadb.ts'
import { send } from './testing/api.ts'
import { chooseRounds, killInTurn, type Kills } from './testing/kill-in-turn.ts'
import { handledEvents } from './testing/metrics.ts'
import { chooseSeed, createRandom } from './testing/random.ts'
import { checkServices } from './testing/on-engines/check-services.ts'
import { collectServices, type RunningServices } from './testing/on-engines/collect-services.ts'
import { activeRelay } from './testing/on-engines/relay-metrics.ts'
import type { Service } from './testing/on-engines/service.ts'
import { ownEngines, type Engines } from './testing/on-engines/fault-site.ts'
import { startServices } from './testing/on-engines/start-services.ts'
import { until } from '../tools/testing/until.ts'
import { commandsOf, startUserLoad } from './testing/user-load.ts'

const skip = skipWithoutMysql || noKafka

const users = 3_000
const clients = 48
const deadlineMs = 120_000
const repeats = 50

test('services and engines that are killed keep every acknowledged command, and nothing else', { skip }, async (t) => {
  const random = createRandom(chooseSeed())
  t.diagnostic(`FAULTS_SEED=${random.seed} repeats the choices of this run`)
  const engines = await ownEngines(t, { mariadb: startMariadb(), kafka: startKafka() })
  const services = await startServices(t, engines, { stores: 2, coolriels: 2 })
  const { site, stores, seeds } = services

  const load = startUserLoad(stores, { users, clients, deadlineMs, allowed: 0 })
  const rounds = chooseRounds(killsAmong(services, engines), random)
  const commands = commandsOf(users)
  const [done, killed] = await Promise.all([load.finished, killInTurn(t, { load, commands, rounds, random })])
  assert.ok(killed >= 6, `only ${killed} kills`)
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
  assert.equal(acknowledged.length, 5 + 3_000 + 1_000)
  const evidence = await collectServices(site, services)
  t.diagnostic(`${evidence.topic.length - evidence.events.length} of ${evidence.topic.length} records are repeats`)
  assert.deepEqual(checkServices({ acknowledged, ...evidence }), [])
})

/** Who is killed how often; `services-orders-kill` kills the same once more, while orders are placed. */
function killsAmong({ stores, coolriels }: RunningServices, { mariadb, kafka }: Engines): Kills {
  return new Map([
    ['store-1', { times: 1, find: async () => stores[0]! }],
    ['store-2', { times: 1, find: async () => stores[1]! }],
    ['the active relay', { times: 1, find: () => activeRelay(stores) }],
    ['coolriel-1', { times: 1, find: () => atWork(coolriels[0]!) }],
    ['coolriel-2', { times: 2, find: () => atWork(coolriels[1]!) }],
    ['Kafka', { times: 1, find: async () => kafka }],
    ['MariaDB', { times: 2, find: async () => mariadb }],
  ])
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
