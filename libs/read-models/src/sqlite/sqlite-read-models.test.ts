import { join } from 'node:path'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { sql } from 'kysely'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { readModelStoreSuite } from '../conformance/read-model-store.suite.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { openReadModelsFile } from '../testing/read-models-file.ts'

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
