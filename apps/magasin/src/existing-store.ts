import { existsSync } from 'node:fs'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { ShopConfig } from '@magasin/shop/config'
import { openStore, storeFile, type Store } from '@magasin/store-manager/open-store'

/** Works on a store that is there, and lets go of it. DATA_MISSING where there is none: a mistyped folder must not become a new shop. */
export async function withExistingStore<T>(config: ShopConfig, work: (store: Store) => Promise<T>): Promise<T> {
  const file = storeFile(config.dataDir)
  if (!existsSync(file))
    throw new MagasinError(
      'DATA_MISSING',
      `there is no store ${file}: start the shop once, or set MAGASIN_DATA to its folder`,
    )
  const store = await openStore(config)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
