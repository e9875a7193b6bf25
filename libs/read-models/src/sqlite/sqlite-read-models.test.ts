import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { migrate } from '@magasin/sql/migrate'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { sql } from 'kysely'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { batch, sampleModels } from '../conformance/sample.ts'
import { readModelStoreSuite } from '../conformance/read-model-store.suite.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { openReadModelsFile } from '../testing/read-models-file.ts'
import { readModelMigrations } from './schema.ts'

test('read models in a file of before, in which documents had another name, are built anew', async (t) => {
  const file = join(temporaryFolder(t), 'x.db')
  const database = openSqlite<unknown>({ file })
  const { name, migrations } = readModelMigrations
  await migrate(database, { name, migrations: { '0001-generations': migrations['0001-generations']! } })
  await database.close()
  const store = await openReadModelsFile(sampleModels, file)
  t.after(() => store.close())
  const writer = await store.begin(sampleModels.fingerprint)
  await writer.apply(batch(0, 1, [{ document: 'team', key: 1, set: { title: 'a', points: 1 } }]))
  await store.swap(writer.generation)
  assert.deepEqual((await store.document('team', 1))?.fields, { title: 'a', points: 1 })
})

const files = new Map<ReadModelStore, string>()

readModelStoreSuite({
  name: 'SQLite',
  async open(t, models) {
    const file = join(temporaryFolder(t), 'x.db')
    const store = await openReadModelsFile(models, file)
    files.set(store, file)
    t.after(() => store.close())
    return store
  },
  async countStored(store, generation) {
    const database = openSqlite<unknown>({ file: files.get(store)!, readOnly: true })
    const { rows } = await sql<{ count: number }>`select sum(count) as count from (
      select count(*) as count from positions where generation = ${generation}
      union all select count(*) from scores where generation = ${generation}
      union all select count(*) from documents where generation = ${generation}
      union all select count(*) from indexed where generation = ${generation})`.execute(database.reader)
    await database.close()
    return rows[0]!.count
  },
})
