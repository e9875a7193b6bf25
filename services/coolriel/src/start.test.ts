import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import type { EventTables } from '@magasin/event-log/event-table'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { createEventTables } from '@magasin/event-log/testing/event-tables'
import { createHealth } from '@magasin/service-kit/health'
import { createLogger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { mysqlProxy } from '@magasin/sql/testing/mysql-proxy'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { openFolderMailer } from './mailers/folder-mailer.ts'
import { openCoolrielDatabase } from './open-database.ts'
import { startCoolriel } from './start.ts'

/** Coolriel on a database whose server can be lost, with an empty log; it is not started yet. */
async function place(t: TestContext) {
  const proxy = await mysqlProxy(t, mysqlDatabase(t))
  const dir = temporaryFolder(t)
  const store = openSqlite<EventTables>({ file: join(dir, 'store.db') })
  t.after(() => store.close())
  await createEventTables(store, shopCatalogue)
  const log = await openTableLog({ database: store })
  t.after(() => log.close())
  const mailer = await openFolderMailer({ dir })
  t.after(() => mailer.close())
  const database = await openCoolrielDatabase({ dataDir: dir, database: proxy.options })
  t.after(() => database.close())
  const metrics = createMetrics()
  const warned = Promise.withResolvers<void>()
  const start = async () => {
    const coolriel = await startCoolriel({
      group: 'coolriel',
      database,
      log,
      mailer,
      logger: createLogger({ service: 'test', level: 'warn', destination: { write: () => warned.resolve() } }),
      metrics,
      health: createHealth(),
      signal: new AbortController().signal,
    })
    t.after(() => coolriel.stop())
  }
  const shown = async () => {
    const names = ['magasin_subscriber_parked', 'magasin_subscriber_lag', 'nodejs_version_info']
    const lines = (await metrics.registry.metrics()).split('\n')
    return names.filter((name) => lines.some((line) => line.startsWith(`${name}{`)))
  }
  return { proxy, start, shown, warned: warned.promise }
}

describe('Coolriel, whose database is lost', { skip: skipWithoutMysql }, () => {
  test('after it was opened, starts when it is back', async (t) => {
    const { proxy, start, shown, warned } = await place(t)
    await proxy.goDown()
    const starting = start()
    await warned
    await proxy.comeBack()
    await starting
    assert.equal((await shown()).length, 3)
  })

  for (const [how, lose] of [
    ['down', 'goDown'],
    ['silent', 'fallSilent'],
  ] as const)
    test(`because its server is ${how}, tells its metrics, but for the one that is counted there`, async (t) => {
      const { proxy, start, shown } = await place(t)
      await start()
      assert.deepEqual(await shown(), ['magasin_subscriber_parked', 'magasin_subscriber_lag', 'nodejs_version_info'])
      await proxy[lose]()
      const asked = performance.now()
      assert.deepEqual(await shown(), ['magasin_subscriber_lag', 'nodejs_version_info'])
      assert.ok(performance.now() - asked < 5_000)
    })
})
