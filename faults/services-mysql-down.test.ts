import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { startKafka } from '../tools/engines/kafka.ts'
import { startMariadb } from '../tools/engines/mariadb.ts'
import { checkServices } from './testing/on-engines/check-services.ts'
import { collectServices } from './testing/on-engines/collect-services.ts'
import { provokeDeadlocks } from './testing/on-engines/provoke-deadlocks.ts'
import { untilAll } from './testing/on-engines/readiness.ts'
import type { Service } from './testing/on-engines/service.ts'
import { ownEngines } from './testing/on-engines/fault-site.ts'
import { startServices } from './testing/on-engines/start-services.ts'
import { until } from '../tools/testing/until.ts'
import { commandsOf, startUserLoad } from './testing/user-load.ts'

const skip = skipWithoutMysql || noKafka

const users = 900
const clients = 16
const deadlocks = 20
// The deadline of a request, and some time for a busy machine.
const answerWithinMs = 11_500

test('when MySQL', { skip }, async (t) => {
  const engines = await ownEngines(t, { mariadb: startMariadb(), kafka: startKafka() })
  const { mariadb } = engines
  const { site, stores, coolriels, seeds } = await startServices(t, engines, { stores: 1, coolriels: 1 })
  const services = [...stores, ...coolriels]
  const load = startUserLoad(stores, { users, clients, deadlineMs: 120_000, allowed: 0 })
  const share = commandsOf(users) / 3

  await t.test('has deadlocks that somebody else provokes, no caller notices', async () => {
    const provoked = await provokeDeadlocks(site.store, {
      times: deadlocks,
      sendCommands: (time) => load.allow((time * share) / deadlocks),
    })
    await load.reached(share)
    assert.equal(provoked, deadlocks)
    assert.equal(load.counts.sentAgain, 0)
  })

  const freeze = (signal: 'SIGSTOP' | 'SIGCONT') => async () => void process.kill(mariadb.pid!, signal)
  const outages = [
    { title: 'is killed', begin: () => mariadb.kill(), end: () => mariadb.start() },
    { title: 'takes connections and says nothing', begin: freeze('SIGSTOP'), end: freeze('SIGCONT') },
  ]
  for (const [i, { title, begin, end }] of outages.entries())
    await t.test(
      `${title}, requests are refused in time, and commands under way are there wholly or not at all`,
      async () => {
        const before = load.counts.failures
        load.allow((i + 2) * share)
        await load.reached((i + 1) * share + share / 3)
        await begin()
        try {
          const underWay = () => load.counts.failures - before >= clients
          await Promise.all([
            until('what was under way is refused', underWay, { deadlineMs: answerWithinMs }),
            untilAll(services, 'unavailable').then(() => refuses(stores[0]!, 'DELETE', '/users/999999999')),
            untilAll(services, 'unavailable').then(() => refuses(stores[0]!, 'GET', '/users')),
          ])
        } finally {
          await end()
        }

        const back = performance.now()
        await untilAll(services, 'ready')
        await load.reached((i + 2) * share)
        t.diagnostic(`all was well ${Math.round(performance.now() - back)} ms after it was back`)
      },
    )

  const done = await load.finished
  t.diagnostic(`${load.counts.sentAgain} commands sent again, ${load.counts.replayed} of them done before`)
  const acknowledged = [...seeds, ...done.map(({ effect }) => effect)]
  const evidence = await collectServices(site, { stores, coolriels })
  assert.deepEqual(checkServices({ acknowledged, ...evidence }), [])
})

/** A request is answered in time, with 503 and a problem that says when to come back. It is one that would change nothing later, either. */
async function refuses({ url, token }: Service, method: 'GET' | 'DELETE', path: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${url}${path}`, { method, headers, signal: AbortSignal.timeout(answerWithinMs) })
  assert.equal(response.status, 503)
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.ok(Number(response.headers.get('retry-after')) > 0)
}
