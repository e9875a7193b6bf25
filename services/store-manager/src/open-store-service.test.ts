import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { hashToken } from '@magasin/service-kit/access'
import { createHealth } from '@magasin/service-kit/health'
import { createLogger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import { mysqlProxy } from '@magasin/sql/testing/mysql-proxy'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { openStoreService } from './open-store-service.ts'
import type { StoreTables } from './state/tables.ts'

const never = new AbortController().signal

/** A start that has opened its store, and waits behind another start before it does what only the first one does. */
async function halfStarted(t: TestContext) {
  const target = mysqlDatabase(t)
  const proxy = await mysqlProxy(t, target)
  const direct = await openMysql<StoreTables>(target)
  t.after(() => direct.close())
  const otherStart = await direct.lock('first-start', never)
  const dataDir = temporaryFolder(t)
  const warned = Promise.withResolvers<void>()
  const starting = openStoreService({
    config: { dataDir, database: proxy.options, log: 'table', token: null, topicPrefix: '', labTopic: 'user-events' },
    logger: createLogger({ service: 'test', level: 'warn', destination: { write: () => warned.resolve() } }),
    metrics: createMetrics(),
    health: createHealth(),
    signal: never,
  })
  t.after(() => starting.then(({ close }) => close()))
  await untilItWaits(direct, target.name)
  return { proxy, starting, otherStart, warned: warned.promise, tokenFile: join(dataDir, 'manager.token') }
}

async function untilItWaits(database: SqlDatabase<StoreTables>, name: string): Promise<void> {
  const waiting = sql`select 1 from information_schema.processlist
    where state = 'User lock' and info like ${`%${name}.first-start%`}`
  const deadline = performance.now() + 20_000
  while ((await waiting.execute(database.reader)).rows.length === 0) {
    if (performance.now() > deadline) throw new Error('the start does not wait for the other one')
    await delay(20)
  }
}

describe('a start whose database is lost after the store was opened', { skip: skipWithoutMysql }, () => {
  test('waits until it is back, and goes on', async (t) => {
    const { proxy, starting, otherStart, warned } = await halfStarted(t)
    await proxy.goDown()
    await warned
    await otherStart.release()
    await proxy.comeBack()
    const { store, seeded, token } = await starting
    assert.equal(seeded, 5)
    assert.equal((await store.tokens.authenticate(hashToken(token!)))?.role, 'manager')
  })

  for (const fate of ['lost', 'unheard'] as const)
    test(`keeps the one token that it wrote down when the COMMIT of it was ${fate}`, async (t) => {
      const { proxy, starting, otherStart, warned, tokenFile } = await halfStarted(t)
      const happened = proxy.nextCommit(fate)
      await otherStart.release()
      await happened
      const written = readFileSync(tokenFile, 'utf8').trim()
      await warned
      const { store, token, seeded } = await starting
      assert.equal(token, written)
      assert.equal((await store.tokens.list()).length, 1)
      assert.equal((await store.tokens.authenticate(hashToken(written)))?.role, 'manager')
      assert.equal(seeded, 5)
    })
})
