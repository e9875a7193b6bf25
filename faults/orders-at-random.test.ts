import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { startStore } from '@magasin/store-manager/testing/start-store'
import { urlOf } from '../e2e/testing/services-site.ts'
import { createSite } from '../tools/testing/site.ts'
import { checkOrders } from './testing/orders/check-orders.ts'
import { exportWholeHistory, readShown } from './testing/orders/collect-orders.ts'
import { startOrderLoad } from './testing/orders/order-load.ts'
import { chooseSeed, createRandom } from './testing/random.ts'

const clients = 32
const deadlineMs = 60_000

const engines = [
  { engine: 'SQLite', skip: false, commands: 4_000, stores: 1, database: () => undefined },
  {
    engine: 'MySQL, by two store-managers',
    skip: skipWithoutMysql,
    commands: 1_500,
    stores: 2,
    database: (t: TestContext): MysqlOptions => mysqlDatabase(t),
  },
] as const

for (const { engine, skip, commands, stores, database } of engines)
  describe(`a store that is asked for whatever comes to mind, on ${engine}:`, { skip }, () => {
    test('sells only what is there, and its history, its stock and its orders say the same', async (t) => {
      const random = createRandom(chooseSeed())
      t.diagnostic(`FAULTS_SEED=${random.seed} repeats the choices of this run`)
      const { folder, dataDir, env } = createSite(t)
      const options = database(t)
      const place = options === undefined ? { dataDir } : { database: options }
      const running = []
      for (let i = 0; i < stores; i++) running.push(await startStore(t, place))
      const endpoints = running.map(({ url, manager }) => ({ url, token: manager }))

      const load = startOrderLoad(endpoints, { commands, clients, random, deadlineMs })
      const acknowledged = await load.finished
      t.diagnostic(`${acknowledged.length} commands succeeded, ${load.counts.refused} were refused`)
      assert.ok(acknowledged.length > commands / 4 && load.counts.refused > commands / 20)

      const shown = await readShown(endpoints.at(-1)!)
      const settings = options === undefined ? env : { ...env, MAGASIN_DB: urlOf(options) }
      const history = await exportWholeHistory({ folder, env: settings })
      assert.deepEqual(checkOrders({ acknowledged, history, shown }), [])
    })
  })
