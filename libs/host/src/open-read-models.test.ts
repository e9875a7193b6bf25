import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { defineReadModels } from '@magasin/read-models/define-read-models'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { openReadModels, readModelsFile } from './open-read-models.ts'

const models = defineReadModels({ name: 'joins', version: 1, on: {} })

const spoilt: Readonly<Record<string, { readonly code: string; readonly spoil: (file: string) => void }>> = {
  'a damaged file': {
    code: 'DATABASE_DAMAGED',
    spoil: (file) => writeFileSync(file, 'nothing that SQLite knows'.repeat(1_000)),
  },
  'a file with other tables than its migrations say': {
    code: 'DATA_MISSING',
    spoil(file) {
      const database = new DatabaseSync(file)
      database.exec(`drop table documents; delete from migrations_read_models where name like '0002%'`)
      database.close()
    },
  },
}

for (const [what, { code, spoil }] of Object.entries(spoilt))
  test(`${what} of read models is made anew by a service, and left as it is by whoever only looks`, async (t) => {
    const place = { dataDir: join(temporaryFolder(t), 'data'), readModels: 'sqlite', shop: 'log' } as const
    await (await openReadModels(models, place)).close()
    const file = readModelsFile(models, place)
    spoil(file)
    await assert.rejects(openReadModels(models, place), { code })
    assert.ok(existsSync(file))

    const told: string[] = []
    const store = await openReadModels(models, { ...place, onDamaged: (damaged) => told.push(damaged) })
    t.after(() => store.close())
    assert.deepEqual(told, [file])
    assert.equal((await store.status()).current, null)
  })
