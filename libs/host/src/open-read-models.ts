import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { ReadModels } from '@magasin/read-models/define-read-models'
import type { ReadModelStore } from '@magasin/read-models/read-model-store'
import { openSqliteReadModels } from '@magasin/read-models/sqlite/sqlite-read-models'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import type { ReadModelsSetting } from '@magasin/service-kit/read-models-setting'

/** Where read models are kept, by the settings. */
export interface ReadModelsPlace {
  readonly dataDir: string
  readonly readModels: ReadModelsSetting
  /** The identity of the log from which they are projected: shops that share a Redis or a folder do not share read models. */
  readonly shop: string
  /** Looks at what is there, and makes and changes nothing in a file. */
  readonly readOnly?: boolean
  /** Told that the file is damaged; it is then made anew. Without this it is left as it is. */
  readonly onDamaged?: (file: string) => void
}

/** The file of read models in a data folder, one for each log. It can be deleted: they are built anew. */
export const readModelsFile = ({ name }: ReadModels, { dataDir, shop }: Omit<ReadModelsPlace, 'readModels'>): string =>
  join(dataDir, `${name}-read-models-${shop.slice(0, 8)}.db`)

/** Opens read models where the settings say. A Redis may be away; of a file throws DATA_FOLDER_UNUSABLE, and DATABASE_DAMAGED unless told what to do then. */
export async function openReadModels(models: ReadModels, place: ReadModelsPlace): Promise<ReadModelStore> {
  const { readModels, shop } = place
  if (readModels === 'sqlite') return openFile(models, place)
  // Here and not above: most shops on a laptop have no Redis.
  const { openRedisReadModels } = await import('@magasin/read-models/redis/redis-read-models')
  return openRedisReadModels(models, { ...readModels, prefix: `magasin:${shop}` })
}

async function openFile(models: ReadModels, place: ReadModelsPlace): Promise<ReadModelStore> {
  const { onDamaged, readOnly = false } = place
  const file = readModelsFile(models, place)
  // What a power cut takes is read from the log again.
  const open = async () =>
    openSqliteReadModels(models, openSqlite<unknown>({ file, synchronous: 'normal', readOnly }), { readOnly })
  try {
    return await open()
  } catch (error) {
    if (onDamaged === undefined || !isOfTheFile(error)) throw error
    onDamaged(file)
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
    return open()
  }
}

/** Damaged, or with other tables than its migrations say: nothing is lost with it. */
const isOfTheFile = (error: unknown): boolean =>
  isMagasinError(error, 'DATABASE_DAMAGED') || isMagasinError(error, 'DATA_MISSING')
