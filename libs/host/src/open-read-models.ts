import { join } from 'node:path'
import type { ReadModels } from '@magasin/read-models/define-read-models'
import type { ReadModelStore } from '@magasin/read-models/read-model-store'
import { openSqlReadModels } from '@magasin/read-models/sql/sql-read-models'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import type { ReadModelsSetting } from '@magasin/service-kit/read-models-setting'

/** Where read models are kept, by the settings. */
export interface ReadModelsPlace {
  readonly dataDir: string
  readonly readModels: ReadModelsSetting
}

/** The file of read models in a data folder. It can be deleted: they are built anew. */
export const readModelsFile = ({ name }: ReadModels, dataDir: string): string => join(dataDir, `${name}-read-models.db`)

/** Opens read models where the settings say. A Redis may be away; of a file throws DATA_FOLDER_UNUSABLE, DATABASE_DAMAGED. */
export async function openReadModels(
  models: ReadModels,
  { dataDir, readModels }: ReadModelsPlace,
): Promise<ReadModelStore> {
  if (readModels === 'sqlite') {
    const file = readModelsFile(models, dataDir)
    return openSqlReadModels(models, openSqlite<unknown>({ file, synchronous: 'normal' }))
  }
  // Here and not above: most shops on a laptop have no Redis.
  const { openRedisReadModels } = await import('@magasin/read-models/redis/redis-read-models')
  return openRedisReadModels(models, readModels)
}
