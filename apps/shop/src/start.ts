import { coolriel } from '@magasin/coolriel/part'
import { startCoolriel } from '@magasin/coolriel/start'
import { startHost, type Started } from '@magasin/host/start-host'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { about } from '@magasin/store-manager/part'
import { startStoreManager, type StoreManager } from '@magasin/store-manager/start'
import type { ShopConfig } from './config.ts'
import { parts } from './parts.ts'

/** A shop that runs. */
export type Shop = Started<StoreManager>

/**
 * The whole shop in one process. Unless told otherwise: every service on SQLite, the event table as the log.
 * The signal ends the start.
 */
export function startShop(config: ShopConfig, signal: AbortSignal = new AbortController().signal): Promise<Shop> {
  const emails = {
    name: coolriel.title,
    says: `follows the events and writes an e-mail for each into ${config.outputDir}/`,
  }
  return startHost({ name: 'shop', parts, catalogue: shopCatalogue, about, config, signal }, async (host) => {
    const store = await startStoreManager(config, host, [emails])
    await startCoolriel(config, host)
    return store
  })
}
