import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import type { Engine } from '../tools/engines/engine.ts'
import { startKafka } from '../tools/engines/kafka.ts'
import { startMariadb } from '../tools/engines/mariadb.ts'
import { listUsers } from './testing/api.ts'
import { checkServices } from './testing/on-engines/check-services.ts'
import { collectServices, untilSettled } from './testing/on-engines/collect-services.ts'
import { readinessOf, untilAll } from './testing/on-engines/readiness.ts'
import { coolriel, storeManager, type Service } from './testing/on-engines/service.ts'
import { createFaultSite, ownEngines } from './testing/on-engines/fault-site.ts'
import { commandsOf, startUserLoad } from './testing/user-load.ts'

const skip = skipWithoutMysql || noKafka

const users = 600
const clients = 8
// For a quarter of the commands, on a busy machine: one that waited for the broker would take that long alone.
const mostMs = 10_000

test('while Kafka is away', { skip }, async (t) => {
  const engines = await ownEngines(t, { mariadb: startMariadb(), kafka: startKafka() })
  const site = createFaultSite(t, engines)
  const [store, subscriber] = [await storeManager(site, 'store'), await coolriel(site, 'coolriel')]
  const services = [store, subscriber]
  const load = startUserLoad([store], { users, clients, deadlineMs: 60_000, allowed: 0 })
  const outages = outagesOf(engines.kafka, services)
  const share = commandsOf(users) / outages.length
  for (const [i, { title, begin, end }] of outages.entries())
    await t.test(`${title}: commands are taken at once, and everything arrives when it is back`, async () => {
      await begin()
      await untilAll(services, 'degraded')
      const took = await timed(() => {
        load.allow((i + 1) * share)
        return load.reached((i + 1) * share)
      })
      t.diagnostic(`${share} commands in ${took} ms`)
      assert.ok(took < mostMs, `${share} commands took ${took} ms`)
      assert.equal(load.counts.sentAgain, 0)
      for (const service of services) assert.equal(await readinessOf(service), '200 degraded')

      await end()
      const back = await timed(() => untilSettled(site).then(() => untilAll(services, 'ready')))
      t.diagnostic(`every e-mail was there, and all was well, ${back} ms later`)
    })

  const done = (await load.finished).map(({ effect }) => effect)
  const asked = new Set(done.map(({ user }) => user.id))
  const seeds = (await listUsers(store)).filter(({ id }) => !asked.has(id))
  assert.equal(seeds.length, 5)
  const acknowledged = [...seeds.map((user) => ({ event: 'UserCreated', user }) as const), ...done]
  const evidence = await collectServices(site, { stores: [store], coolriels: [subscriber] })
  assert.deepEqual(checkServices({ acknowledged, ...evidence }), [])
})

/** The ways of Kafka to be away; the services are started in the first. */
function outagesOf(kafka: Engine, services: readonly Service[]) {
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => async () => void process.kill(kafka.pid!, name)
  return [
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
    { title: 'frozen: it takes connections and says nothing', begin: signal('SIGSTOP'), end: signal('SIGCONT') },
  ]
}

/** How many milliseconds some work takes. */
async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return Math.round(performance.now() - started)
}
