import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createTestHost } from '@magasin/host/testing/test-host'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import { mysqlProxy } from '@magasin/sql/testing/mysql-proxy'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { SigningKeys } from './access/signing-keys.ts'
import { StoredTokens } from './access/tokens.ts'
import { storeManager } from './part.ts'
import { startStoreManager } from './start.ts'
import type { StoreTables } from './tables.ts'

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
  const host = await createTestHost(t, {
    parts: [storeManager],
    catalogue: shopCatalogue,
    config: { dataDir, database: proxy.options },
    onWarning: () => warned.resolve(),
  })
  const starting = startStoreManager(
    { dataDir, token: null, access: 'token', testRoutes: 'off', readModels: 'sqlite' },
    host,
  )
  await untilItWaits(direct, target.name)
  return {
    proxy,
    starting,
    tokens: new StoredTokens(direct, new SigningKeys(direct)),
    otherStart,
    warned: warned.promise,
    tokenFile: join(dataDir, 'manager.token'),
  }
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
    const { proxy, starting, tokens, otherStart, warned } = await halfStarted(t)
    await proxy.goDown()
    await warned
    await otherStart.release()
    await proxy.comeBack()
    const { seeded, token } = await starting
    assert.deepEqual(seeded, { users: 5, products: 4 })
    assert.equal((await tokens.authenticate(token!))?.role, 'manager')
  })

  for (const fate of ['lost', 'unheard'] as const)
    test(`keeps the one token that it wrote down when the COMMIT of it was ${fate}`, async (t) => {
      const { proxy, starting, tokens, otherStart, warned, tokenFile } = await halfStarted(t)
      const happened = proxy.nextCommit(fate)
      await otherStart.release()
      await happened
      const written = readFileSync(tokenFile, 'utf8').trim()
      await warned
      const { token, seeded } = await starting
      assert.equal(token, written)
      assert.equal((await tokens.list()).length, 1)
      assert.equal((await tokens.authenticate(written))?.role, 'manager')
      assert.deepEqual(seeded, { users: 5, products: 4 })
    })
})
