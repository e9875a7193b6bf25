import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import type { ReadModels } from '../define-read-models.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { openSqliteReadModels } from '../sqlite/sqlite-read-models.ts'

/** Read models in an SQLite file. */
export function openReadModelsFile(models: ReadModels, file: string): Promise<ReadModelStore> {
  return openSqliteReadModels(models, openSqlite<unknown>({ file, synchronous: 'normal' }))
}
