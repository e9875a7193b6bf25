import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openReadModels } from '@magasin/host/open-read-models'
import { shopReadModels } from '@magasin/store-manager/read-models'
import { readEvents } from './testing/collect-evidence.ts'
import { checkOrders } from './testing/orders/check-orders.ts'
import { exportWholeHistory, readShown, seedCommands } from './testing/orders/collect-orders.ts'
import { startOrderLoad } from './testing/orders/order-load.ts'
import { chooseRounds, killInTurn, type Victim } from './testing/kill-in-turn.ts'
import { chooseSeed, createRandom } from './testing/random.ts'
import { differencesOf } from './testing/read-models/collect-read-models.ts'
import { runMagasin } from './testing/run-magasin.ts'
import { createShopSite } from './testing/shop-site.ts'
import { startShopProcess } from './testing/shop-process.ts'

const commands = 3_000
const clients = 32
const kills = 4
const deadlineMs = 120_000

test('a shop that is killed while it sells keeps every acknowledged order, payment and cancellation, and no unit too many', async (t) => {
  const site = await createShopSite(t)
  const random = createRandom(chooseSeed())
  t.diagnostic(`FAULTS_SEED=${random.seed} repeats the choices of this run`)
  // Leaves the program compiled for all the starts that follow: a killed process cannot.
  await runMagasin(site, ['--help'])
  let shop = await startShopProcess(site)
  const seeds = seedCommands(await readShown(site))

  const load = startOrderLoad([site], { commands, clients, random, deadlineMs, allowed: 0 })
  const victim: Victim = {
    kill: () => shop.kill(),
    start: async () => {
      shop = await startShopProcess(site)
    },
  }
  const rounds = chooseRounds(new Map([['the shop', { times: kills, find: async () => victim }]]), random)
  const [acknowledged] = await Promise.all([load.finished, killInTurn(t, { load, commands, rounds, random })])
  const { refused, sentAgain, replayed } = load.counts
  t.diagnostic(`${acknowledged.length} commands succeeded, ${refused} were refused`)
  t.diagnostic(`${sentAgain} commands were sent again, ${replayed} of them were done before`)
  assert.ok(sentAgain >= kills, `only ${sentAgain} commands met a kill`)

  const shown = await readShown(site)
  const { logId } = (await readEvents(site))[0]!
  const place = { dataDir: site.dataDir, readModels: 'sqlite', shop: logId, readOnly: true } as const
  const reader = await openReadModels(shopReadModels, place)
  t.after(() => reader.close())
  const began = performance.now()
  const differences = await differencesOf({ reader, endpoint: site, readEvents: () => readEvents(site) })
  t.diagnostic(`the reports were right ${Math.round(performance.now() - began)} ms after the load`)
  assert.deepEqual(differences, [])
  assert.equal(await shop.stop(), 0, shop.output())
  const history = await exportWholeHistory(site)
  assert.deepEqual(checkOrders({ acknowledged: [...seeds, ...acknowledged], history, shown }), [])
})
