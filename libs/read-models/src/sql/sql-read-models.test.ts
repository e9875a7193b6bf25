import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readModelStoreSuite } from '../conformance/read-model-store.suite.ts'
import { openReadModelsFile } from '../testing/read-models-file.ts'

readModelStoreSuite({
  name: 'SQLite',
  async open(t, models) {
    const folder = mkdtempSync(join(tmpdir(), 'read-models-'))
    const store = await openReadModelsFile(models, join(folder, 'x.db'))
    t.after(async () => {
      await store.close()
      rmSync(folder, { recursive: true })
    })
    return store
  },
})
