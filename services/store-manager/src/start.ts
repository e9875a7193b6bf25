import type { Host } from '@magasin/host/host'
import { openReadModels } from '@magasin/host/open-read-models'
import { createReadSide } from '@magasin/host/read-side'
import { firstManagerToken } from './access/manager-token.ts'
import { authenticationBy } from './access/shop-caller.ts'
import type { StoreManagerConfig } from './config.ts'
import type { FrontPage } from './front-page/front-page.ts'
import { countForLab } from './http/lab-counters.ts'
import { registerRoutes } from './http/routes.ts'
import { registerSlowRoute } from './http/slow-route.ts'
import { openStore, type Store } from './open-store.ts'
import { storeManager } from './part.ts'
import { readModelTopics, shopReadModels } from './read-models/shop-read-models.ts'
import { seedIfNew, type Seeded } from './seed.ts'

/** A store-manager that runs. */
export interface StoreManager {
  /** The first manager's token; undefined if it is kept elsewhere, or was replaced. */
  readonly token: string | undefined
  /** How much of the seed data was loaded: all of it the first time. */
  readonly seeded: Seeded
}

type Config = Pick<StoreManagerConfig, 'dataDir' | 'token' | 'access' | 'testRoutes' | 'readModels'>

const self = {
  name: storeManager.name,
  says: 'users, products, stock and orders: takes commands, records events, answers queries',
}

/**
 * Starts the store-manager: opens its store, does what only the first start does, answers over HTTP, publishes its events and projects its read models.
 * `others` run in the same process. Throws what `openStore` does.
 */
export async function startStoreManager(
  config: Config,
  host: Host,
  others: FrontPage['parts'] = [],
): Promise<StoreManager> {
  const place = host.placeOf(storeManager)
  const store = await host.open(
    () => openStore(place),
    (opened) => opened.close(),
  )
  const first = await host.untilReachable(() => firstStart(store, config, host.signal))
  host.authenticateBy(authenticationBy(store.tokens, config.access))
  countForLab(host.server, host.metrics)
  if (config.testRoutes === 'on') registerSlowRoute(host.server)
  const onDamaged = (file: string) => host.logger.warn({ file }, 'the read models are damaged; they are built anew')
  const readModels = await host.open(
    () => openReadModels(shopReadModels, { ...config, shop: store.logId, onDamaged }),
    (opened) => opened.close(),
  )
  registerRoutes(host.server, {
    store,
    readSide: createReadSide({
      catalogue: host.catalogue,
      topics: readModelTopics,
      reader: readModels,
      database: store.database,
    }),
    page: { access: config.access, parts: [self, ...others] },
  })
  host.publish(storeManager, store)
  host.project(storeManager, { models: shopReadModels, topics: readModelTopics, store: readModels })
  return first
}

/** Makes the first manager's token and loads the seed data. Of several that start on one database one does it, the others find it done. */
async function firstStart(store: Store, { dataDir, token: given }: Config, signal: AbortSignal): Promise<StoreManager> {
  const lock = await store.database.lock('first-start', signal)
  try {
    const token = await firstManagerToken(store.tokens, { dataDir, given })
    return { token, seeded: await seedIfNew(store) }
  } finally {
    await lock.release()
  }
}
