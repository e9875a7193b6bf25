import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { openReadModels, readModelsFile } from '@magasin/host/open-read-models'
import type { ReadModelStore } from '@magasin/read-models/read-model-store'
import { shopReadModels } from '@magasin/store-manager/read-models'
import type { ShopConfig } from '@magasin/shop/config'

/** Works on the read models of the shop. Throws DATA_MISSING if their file was never made, READ_MODELS_UNAVAILABLE if Redis is away. */
export async function withReadModels<T>(
  config: Pick<ShopConfig, 'dataDir' | 'readModels'>,
  work: (store: ReadModelStore) => Promise<T>,
): Promise<T> {
  const file = readModelsFile(shopReadModels, config.dataDir)
  if (config.readModels === 'sqlite' && !existsSync(file))
    throw new MagasinError(
      'DATA_MISSING',
      `there are no read models ${resolve(file)}: the first start of the shop makes them; set MAGASIN_DATA to its folder, or MAGASIN_READ_MODELS to its Redis`,
    )
  const store = await openReadModels(shopReadModels, config)
  return work(store).finally(() => store.close())
}
