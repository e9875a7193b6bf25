import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startKafka } from '../tools/services/kafka.ts'
import { startMariadb } from '../tools/services/mariadb.ts'
import { listUsers } from './testing/api.ts'
import type { Acknowledged } from './testing/check-shop.ts'
import { checkServices } from './testing/services/check-services.ts'
import { collectServices, untilSettled } from './testing/services/collect-services.ts'
import { readinessOf, untilAll } from './testing/services/readiness.ts'
import { coolriel, storeManager } from './testing/services/service.ts'
import { createServicesPlace, ownEngines } from './testing/services/services-place.ts'
import { commandsOf, startUserLoad } from './testing/user-load.ts'

const users = 600
const clients = 8
// For a quarter of the commands, on a busy machine: one that waited for the broker would take that long alone.
const mostMs = 10_000

test('while Kafka is away', async (t) => {
  const engines = await ownEngines(t, { mariadb: startMariadb(), kafka: startKafka() })
  const place = createServicesPlace(t, engines)
  const { kafka } = engines
  const [store, subscriber] = [await storeManager(place, 'store'), await coolriel(place, 'coolriel')]
  const services = [store, subscriber]
  const freeze = (signal: 'SIGSTOP' | 'SIGCONT') => async () => void process.kill(kafka.pid!, signal)
  const outages = [
    {
      title: 'since before the services were started',
      begin: async () => {
        await kafka.stop()
        for (const service of services) await service.start()
      },
      end: () => kafka.start(),
    },
    { title: 'stopped in good order', begin: () => kafka.stop(), end: () => kafka.start() },
    { title: 'killed', begin: () => kafka.kill(), end: () => kafka.start() },
    { title: 'frozen: it takes connections and says nothing', begin: freeze('SIGSTOP'), end: freeze('SIGCONT') },
  ]

  const load = startUserLoad([store], { users, clients, deadlineMs: 60_000, allowed: 0 })
  const share = commandsOf(users) / outages.length
  let seeds: readonly Acknowledged[] = []
  for (const [i, { title, begin, end }] of outages.entries())
    await t.test(`${title}: commands are taken at once, and everything arrives when it is back`, async () => {
      await begin()
      await untilAll(services, 'degraded')
      if (i === 0) seeds = (await listUsers(store)).map((user) => ({ event: 'UserCreated', user }))
      const started = performance.now()
      load.allow((i + 1) * share)
      await load.reached((i + 1) * share)
      assert.equal(load.counts.sentAgain, 0)
      const took = performance.now() - started
      t.diagnostic(`${share} commands in ${Math.round(took)} ms`)
      assert.ok(took < mostMs, `${share} commands took ${took} ms`)
      for (const service of services) assert.equal(await readinessOf(service), '200 degraded')

      await end()
      const back = performance.now()
      await untilSettled(place)
      await untilAll(services, 'ready')
      t.diagnostic(`the last e-mail was written, and all was well, ${Math.round(performance.now() - back)} ms later`)
    })

  const acknowledged = [...seeds, ...(await load.finished).map(({ effect }) => effect)]
  const evidence = await collectServices(place, { stores: [store], coolriels: [subscriber] })
  assert.equal(evidence.events.length, 5 + 600 + 200)
  assert.deepEqual(checkServices({ acknowledged, ...evidence }), [])
})
