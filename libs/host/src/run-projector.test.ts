import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { club } from '@magasin/contracts/testing/members'
import type { EventTables } from '@magasin/event-log/event-table'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { createEventTables } from '@magasin/event-log/testing/event-tables'
import { defineReadModels } from '@magasin/read-models/define-read-models'
import type { ReadModelStore } from '@magasin/read-models/read-model-store'
import { createHealth } from '@magasin/service-kit/health'
import { createLogger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { openReadModels } from './open-read-models.ts'
import { runProjector } from './run-projector.ts'

const models = defineReadModels({ name: 'joins', version: 1, on: {} })

test('a store of read models that is away is told by /ready and /metrics, and that it is back', async (t) => {
  const dataDir = temporaryFolder(t)
  const database = openSqlite<EventTables>({ file: join(dataDir, 'store.db') })
  await createEventTables(database)
  const log = await openTableLog({ database })
  const place = await openReadModels(models, { dataDir, readModels: 'sqlite', shop: 'log' })
  let isAway = true
  const unlessAway = <T>(answer: () => Promise<T>): Promise<T> =>
    isAway ? Promise.reject(new MagasinError('READ_MODELS_UNAVAILABLE', 'away')) : answer()
  const store: ReadModelStore = {
    ...place,
    lease: (holder, forMs) => unlessAway(() => place.lease(holder, forMs)),
    check: () => unlessAway(() => place.check()),
  }
  const observed = {
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: createMetrics(),
    health: createHealth(),
  }
  const projector = runProjector({ ...observed, catalogue: club, log, models, topics: ['member-events'], store })
  t.after(async () => {
    await projector.stop()
    await log.close()
    await place.close()
    await database.close()
  })
  const metric = async (name: string) =>
    new RegExp(`^magasin_read_models_${name} (.*)$`, 'm').exec(await observed.metrics.registry.metrics())?.[1]

  await projector.ready
  const away = await observed.health.report()
  assert.deepEqual(
    [away.status, away.checks['read-models']],
    ['degraded', { status: 'failed', code: 'READ_MODELS_UNAVAILABLE' }],
  )
  assert.equal(await metric('lag'), 'Nan')

  isAway = false
  const began = performance.now()
  while ((await observed.health.report()).status !== 'ready' || (await metric('builds_total')) !== '1') {
    assert.ok(performance.now() - began < 20_000)
    await new Promise(setImmediate)
  }
  assert.equal(await metric('lag'), '0')
})
