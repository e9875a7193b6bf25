import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { openReadModels } from '@magasin/host/open-read-models'
import { redisIsMissing } from '@magasin/read-models/testing/redis-server'
import { skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { shopReadModels } from '@magasin/store-manager/read-models'
import { startKafka } from '../tools/engines/kafka.ts'
import { startMariadb } from '../tools/engines/mariadb.ts'
import { startRedis } from '../tools/engines/redis.ts'
import { readEvents, type RunningServices } from './testing/on-engines/collect-services.ts'
import { ownEngines, type Engines } from './testing/on-engines/fault-site.ts'
import { startServices } from './testing/on-engines/start-services.ts'
import { checkOrders } from './testing/orders/check-orders.ts'
import { checkTopics } from './testing/orders/check-topics.ts'
import { exportWholeHistory, readShown, seedCommands } from './testing/orders/collect-orders.ts'
import { startOrderLoad } from './testing/orders/order-load.ts'
import { differencesOf } from './testing/read-models/collect-read-models.ts'
import { chooseRounds, killInTurn, type Kills } from './testing/kill-in-turn.ts'
import { chooseSeed, createRandom } from './testing/random.ts'

const skip = skipWithoutMysql || noKafka || redisIsMissing

const commands = 1_200
const clients = 32
const deadlineMs = 120_000

test(
  'services and engines that are killed while they sell keep every acknowledged order, and topics and read models hold exactly its events',
  { skip },
  async (t) => {
    const random = createRandom(chooseSeed())
    t.diagnostic(`FAULTS_SEED=${random.seed} repeats the choices of this run`)
    const engines = await ownEngines(t, { mariadb: startMariadb(), kafka: startKafka(), redis: startRedis() })
    const services = await startServices(t, engines, { stores: 2, coolriels: 1 })
    const { site, stores, coolriels } = services
    const seeds = seedCommands(await readShown(stores[0]!))

    const load = startOrderLoad(stores, { commands, clients, random, deadlineMs, allowed: 0 })
    const rounds = chooseRounds(killsAmong(services, engines), random)
    const [acknowledged, killed] = await Promise.all([load.finished, killInTurn(t, { load, commands, rounds, random })])
    assert.ok(killed >= 8, `only ${killed} kills`)
    const { refused, sentAgain, replayed } = load.counts
    t.diagnostic(`${acknowledged.length} commands succeeded, ${refused} were refused`)
    t.diagnostic(`${sentAgain} commands were sent again, ${replayed} of them were done before`)
    assert.ok(sentAgain >= 5, `only ${sentAgain} commands met a kill`)

    const [shown, same] = await Promise.all([readShown(stores[0]!), readShown(stores[1]!)])
    assert.deepEqual(same, shown)
    const { logId: shop } = (await readEvents(site))[0]!
    const place = { dataDir: site.folder, readModels: { url: engines.redis!.url }, shop }
    const reader = await openReadModels(shopReadModels, place)
    t.after(() => reader.close())
    for (const endpoint of stores)
      assert.deepEqual(await differencesOf({ reader, endpoint, readEvents: () => readEvents(site) }), [])
    assert.deepEqual(await checkTopics(site), [])
    for (const service of [...stores, ...coolriels]) assert.equal(await service.stop(), 0, service.output())
    const history = await exportWholeHistory({ folder: site.folder, env: site.env.store })
    assert.deepEqual(checkOrders({ acknowledged: [...seeds, ...acknowledged], history, shown }), [])
  },
)

/** Who is killed how often. */
function killsAmong({ stores, coolriels }: RunningServices, { mariadb, kafka, redis }: Engines): Kills {
  return new Map([
    ['store-1', { times: 2, find: async () => stores[0]! }],
    ['store-2', { times: 2, find: async () => stores[1]! }],
    ['coolriel', { times: 1, find: async () => coolriels[0]! }],
    ['Redis', { times: 2, find: async () => redis! }],
    ['Kafka', { times: 1, find: async () => kafka }],
    ['MariaDB', { times: 2, find: async () => mariadb }],
  ])
}
