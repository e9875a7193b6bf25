import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { club, type ClubEvent } from '@magasin/contracts/testing/members'
import type { EventTables } from '@magasin/event-log/event-table'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { createEventTables } from '@magasin/event-log/testing/event-tables'
import { createHealth } from '@magasin/service-kit/health'
import { createLogger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { mysqlProxy } from '@magasin/sql/testing/mysql-proxy'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { outside } from '@magasin/subscribers/outside'
import type { Subscription } from '@magasin/subscribers/subscription'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { openOwnDatabase, type Place } from './open-own-database.ts'
import { runSubscriptions } from './run-subscriptions.ts'
import { SubscriptionMetrics } from './subscription-metrics.ts'
import { testPart } from './testing/parts.ts'

const follower = (group: string, type: ClubEvent['type']): Subscription<ClubEvent> => ({
  group,
  on: { [type]: outside<never>(async () => undefined) },
})

/** A service that follows both topics of the club, on a log that is empty; it is not started yet. */
async function followers(t: TestContext, database?: Place['database']) {
  const dataDir = temporaryFolder(t)
  const store = openSqlite<EventTables>({ file: join(dataDir, 'club.db') })
  t.after(() => store.close())
  await createEventTables(store, club)
  const log = await openTableLog({ database: store })
  t.after(() => log.close())
  const part = testPart('follower', { positions: true })
  const place = { dataDir, ...(database === undefined ? {} : { database }) }
  const own = await openOwnDatabase<SubscriberTables>({ part, place })
  t.after(() => own.close())
  const warned = Promise.withResolvers<void>()
  const logger = createLogger({ service: 'test', level: 'warn', destination: { write: () => warned.resolve() } })
  const [metrics, health] = [createMetrics(), createHealth()]
  const start = async () => {
    const running = await runSubscriptions({
      catalogue: club,
      log,
      database: own,
      subscriptions: [follower('greeter', 'MemberJoined'), follower('counter', 'MemberVisited')],
      metrics: new SubscriptionMetrics({ logger, metrics }),
      health,
      logger,
      signal: new AbortController().signal,
    })
    t.after(() => running.stop())
  }
  const samples = async () => (await metrics.registry.metrics()).split('\n').filter((line) => !line.startsWith('#'))
  const shown = async () => {
    const names = ['magasin_subscriber_parked', 'magasin_subscriber_lag', 'nodejs_version_info']
    const lines = await samples()
    return names.filter((name) => lines.some((line) => line.startsWith(`${name}{`)))
  }
  return { start, shown, samples, health, warned: warned.promise }
}

test('several subscriptions of one process have metrics and health of their own', async (t) => {
  const { start, samples, health } = await followers(t)
  await start()
  const lines = await samples()
  for (const group of ['greeter', 'counter']) assert.ok(lines.includes(`magasin_subscriber_parked{group="${group}"} 0`))
  for (const [group, topic] of [
    ['greeter', 'member-events'],
    ['counter', 'visit-events'],
  ])
    for (let partition = 0; partition < 8; partition++)
      assert.ok(
        lines.includes(`magasin_subscriber_lag{group="${group}",topic="${topic}",partition="${partition}"} 0`),
        lines.join('\n'),
      )
  const ok = { status: 'ok' }
  assert.deepEqual(await health.report(), { status: 'ready', checks: { 'group:greeter': ok, 'group:counter': ok } })
})

describe('a service whose database is lost', { skip: skipWithoutMysql }, () => {
  const everything = ['magasin_subscriber_parked', 'magasin_subscriber_lag', 'nodejs_version_info']

  test('after it was opened, starts when it is back', async (t) => {
    const proxy = await mysqlProxy(t, mysqlDatabase(t))
    const { start, shown, warned } = await followers(t, proxy.options)
    await proxy.goDown()
    const starting = start()
    await warned
    await proxy.comeBack()
    await starting
    assert.deepEqual(await shown(), everything)
  })

  for (const [how, lose] of [
    ['down', 'goDown'],
    ['silent', 'fallSilent'],
  ] as const)
    test(`because its server is ${how}, tells its metrics, but for the one that is counted there`, async (t) => {
      const proxy = await mysqlProxy(t, mysqlDatabase(t))
      const { start, shown } = await followers(t, proxy.options)
      await start()
      assert.deepEqual(await shown(), everything)
      await proxy[lose]()
      const asked = performance.now()
      assert.deepEqual(await shown(), ['magasin_subscriber_lag', 'nodejs_version_info'])
      assert.ok(performance.now() - asked < 5_000)
    })
})
