import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { defineReadModels } from '@magasin/read-models/define-read-models'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { openReadModels, readModelsFile } from './open-read-models.ts'

const models = defineReadModels({ name: 'joins', version: 1, on: {} })

test('a damaged file of read models is made anew by a service, and left as it is by whoever only looks', async (t) => {
  const place = { dataDir: join(temporaryFolder(t), 'data'), readModels: 'sqlite', shop: 'log' } as const
  await (await openReadModels(models, place)).close()
  const file = readModelsFile(models, place)
  writeFileSync(file, 'nothing that SQLite knows'.repeat(1_000))
  await assert.rejects(openReadModels(models, place), { code: 'DATABASE_DAMAGED' })
  assert.ok(existsSync(file))

  const told: string[] = []
  const store = await openReadModels(models, { ...place, onDamaged: (damaged) => told.push(damaged) })
  t.after(() => store.close())
  assert.deepEqual(told, [file])
  assert.equal((await store.status()).current, null)
})
