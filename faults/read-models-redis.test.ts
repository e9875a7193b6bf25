import assert from 'node:assert/strict'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openReadModels } from '@magasin/host/open-read-models'
import type { ReadModelStore } from '@magasin/read-models/read-model-store'
import { redisIsMissing } from '@magasin/read-models/testing/redis-server'
import { shopReadModels } from '@magasin/store-manager/read-models'
import { startRedis } from '../tools/engines/redis.ts'
import { until } from '../tools/testing/until.ts'
import { send } from './testing/api.ts'
import { readEvents } from './testing/collect-evidence.ts'
import { readShown } from './testing/orders/collect-orders.ts'
import { placeOrder } from './testing/orders/random-command.ts'
import { World } from './testing/orders/world.ts'
import { chooseSeed, createRandom } from './testing/random.ts'
import { differencesOf } from './testing/read-models/collect-read-models.ts'
import { Growth } from './testing/read-models/growth.ts'
import { commandRedis } from './testing/read-models/redis-command.ts'
import { startReportWatch, type ReportWatch } from './testing/read-models/report-watch.ts'
import { startSteadyLoad, type SteadyLoad } from './testing/read-models/steady-load.ts'
import { createShopSite } from './testing/shop-site.ts'
import { startShopProcess } from './testing/shop-process.ts'

// The deadline of a request: what takes longer is refused.
const deadlineMs = 10_000
const rightWithinMs = 15_000
// Microseconds for each command: a Redis with much in it takes its time, and refuses everybody meanwhile.
const slowToLoad = { 'key-load-delay': 100 }
const cutAll = 'CLIENT KILL TYPE normal SKIPME yes'

test('a shop whose reports come from a Redis', { skip: redisIsMissing }, async (t) => {
  const random = createRandom(chooseSeed())
  t.diagnostic(`FAULTS_SEED=${random.seed} repeats the choices of this run`)
  const redis = await startRedis({ settings: slowToLoad })
  t.after(() => redis.kill())
  const ownSite = await createShopSite(t)
  const site = { ...ownSite, env: { ...ownSite.env, MAGASIN_READ_MODELS: redis.url, MAGASIN_RATE_LIMIT: '0' } }
  const shop = await startShopProcess(site)
  const { logId: shopId } = (await readEvents(site))[0]!
  const store = await openReadModels(shopReadModels, { ...site, readModels: { url: redis.url }, shop: shopId })
  t.after(() => store.close())
  const source = { reader: store, endpoint: site, readEvents: () => readEvents(site) }
  const world = new World(random)
  const { users, products } = await readShown(site)
  world.users.push(...users.map(({ id }) => id))
  world.products.push(...products.map(({ id }) => id))
  assert.deepEqual(await differencesOf(source), [])

  const data = join(redis.folder, 'data')
  const old = join(redis.folder, 'old')
  const recent = join(redis.folder, 'recent')
  const putBack = async (dump: string, refusals: ReportWatch['refusals']) => {
    await redis.stop()
    await rm(data, { recursive: true })
    await cp(dump, data, { recursive: true })
    await refusals(3)
    await redis.start()
  }
  await cp(data, old, { recursive: true })
  interface Fault {
    readonly title: string
    /** Resolves when Redis is back. */
    readonly happens: (refusals: ReportWatch['refusals'], load: SteadyLoad) => Promise<unknown>
  }
  const faults: readonly Fault[] = [
    { title: 'is emptied', happens: () => commandRedis(redis, 'FLUSHALL') },
    {
      title: 'is emptied while they are built anew',
      async happens() {
        await store.requestRebuild()
        await until('they are built', () => isBuilding(store), { everyMs: 1 })
        await commandRedis(redis, 'FLUSHALL')
      },
    },
    {
      title: 'takes connections and says nothing',
      async happens(refusals) {
        process.kill(redis.pid!, 'SIGSTOP')
        try {
          await refusals(200)
        } finally {
          process.kill(redis.pid!, 'SIGCONT')
        }
      },
    },
    {
      title: 'is put back to a dump that lacks the last events',
      async happens(refusals, load) {
        await cp(data, recent, { recursive: true })
        await load.more(50)
        await load.stop()
        // Nothing is recorded any more that would tell where the read models are.
        assert.deepEqual(await differencesOf(source), [])
        await putBack(recent, refusals)
      },
    },
    {
      title: 'is put back to a dump of before it was built anew',
      happens: (refusals) => putBack(old, refusals),
    },
    {
      title: 'loses its connections again and again, while they are built anew',
      async happens() {
        for (let cut = 0; cut < 4; cut++) {
          await until('a rebuild is asked for', () => succeeds(store.requestRebuild()), { everyMs: 5 })
          await until('they are built', () => isBuilding(store), { everyMs: 1 })
          await commandRedis(redis, cutAll)
        }
      },
    },
    {
      title: 'is killed, started again, and loses its connections while it loads',
      async happens(refusals) {
        await redis.kill()
        await refusals(10)
        const starting = redis.start()
        const isLoading = () => commandRedis(redis, 'INFO persistence').then((info) => info.includes('loading:1'))
        await Promise.race([starting, until('Redis loads', () => isLoading().catch(() => false), { everyMs: 5 })])
        await commandRedis(redis, cutAll)
        await starting
      },
    },
  ]
  for (const [i, { title, happens }] of faults.entries())
    await t.test(
      `that ${title} does not lose a command, and its reports are right again by themselves`,
      async (sub) => {
        const load = startSteadyLoad(site, { random, world, name: `fault-${i}` })
        const watch = startReportWatch(site)
        sub.after(() => Promise.allSettled([load.stop(), watch.stop()]))
        await load.more(100)
        await happens(watch.refusals, load)
        const back = performance.now()
        await load.stop()
        const differences = await differencesOf(source, rightWithinMs)
        const took = Math.round(performance.now() - back)
        await watch.stop()
        assert.deepEqual(differences, [])
        const { slowest } = load
        t.diagnostic(
          `${title}: right ${took} ms after it was back; slowest command ${slowest.command} ms, read ${slowest.read} ms, ` +
            `report ${watch.seen.slowestMs} ms; ${watch.seen.answered} reports answered, ${watch.seen.refused} refused`,
        )
        assert.ok(slowest.command < deadlineMs && slowest.read < deadlineMs)
      },
    )

  await t.test('that is built anew shows the old reports or the new, never half', async (sub) => {
    for (const product_id of world.products)
      await send(site, {
        method: 'POST',
        path: '/stocks',
        body: { product_id, quantity: 99_999 },
        key: `much-${product_id}`,
      })
    const load = startSteadyLoad(site, { random, world, name: 'growing', next: placeOrder })
    const watch = startReportWatch(site)
    const growth = { spent: new Growth(), sold: new Growth() }
    const over = new AbortController()
    sub.after(() => over.abort())
    sub.after(() => Promise.allSettled([load.stop(), watch.stop()]))
    // How many looks fell into a build, and were of which generation.
    const looks = { whileBuilding: 0, ofGeneration: new Map<number, number>() }
    const look = async (ranking: keyof typeof growth) => {
      while (!over.signal.aborted) {
        const [before, found, after] = [await store.status(), await store.top(ranking, 1_000), await store.status()]
        growth[ranking].see(found)
        if (before.shadow !== null && after.shadow?.generation === before.shadow.generation) looks.whileBuilding++
        const { generation = 0 } = after.current ?? {}
        if (generation === before.current?.generation)
          looks.ofGeneration.set(generation, 1 + (looks.ofGeneration.get(generation) ?? 0))
      }
    }
    const looking = Promise.all([look('spent'), look('sold')])
    await load.more(100)
    const wereSeen = async () => looks.ofGeneration.has((await store.status()).current?.generation ?? 0)
    let rebuilds = 0
    // Twice, and again until a look fell into a build: those of a small shop are over in a moment.
    for (; rebuilds < 2 || (looks.whileBuilding === 0 && rebuilds < 20); rebuilds++) {
      await until('somebody looked at them', wereSeen)
      await store.requestRebuild()
      await until('they are built', async () => {
        const { rebuilds: asked } = await store.status()
        return asked.answered === asked.requested
      })
    }
    await until('somebody looked at the last', wereSeen)
    over.abort()
    await Promise.all([looking, load.stop(), watch.stop()])
    assert.deepEqual([...growth.spent.wrong, ...growth.sold.wrong], [])
    t.diagnostic(
      `${looks.whileBuilding} looks while they were built; of generations: ${[...looks.ofGeneration.values()].join(', ')}`,
    )
    assert.ok(looks.whileBuilding > 0, 'nobody looked while they were built')
    assert.equal(looks.ofGeneration.size, rebuilds + 1, 'nobody looked before, between and after the rebuilds')
    assert.equal(watch.seen.refused, 0)
    assert.deepEqual(await differencesOf(source), [])
  })

  assert.equal(await shop.stop(), 0, shop.output())
})

/** False too if the connection is cut. */
const isBuilding = (store: ReadModelStore) =>
  store.status().then(
    ({ shadow }) => shadow !== null,
    () => false,
  )

const succeeds = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  )
