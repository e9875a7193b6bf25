import type { LogSettings } from '@magasin/service-kit/service-settings'
import { waitUntilReachable } from '@magasin/service-kit/wait-until-reachable'
import { firstManagerToken } from './access/manager-token.ts'
import type { StoreManagerConfig } from './config.ts'
import { openRelays, type RelaysOptions } from './open-relays.ts'
import { openStore, type Store } from './open-store.ts'
import { seedIfNew } from './seed.ts'

export interface StoreServiceOptions extends Omit<RelaysOptions, 'config' | 'store'> {
  readonly config: LogSettings & Pick<StoreManagerConfig, 'dataDir' | 'database' | 'token'>
}

/** A store that is ready to be served. */
export interface StoreService {
  readonly store: Store
  /** The first manager's token; undefined where it is kept elsewhere, or was replaced. */
  readonly token: string | undefined
  /** How many seed users were loaded: not 0 the first time. */
  readonly seeded: number
  /** Lets go of the store, once what is under way is done. */
  close(): Promise<void>
}

/**
 * Opens a store for whoever serves it: waits for its database, makes the first manager's token, loads the seed data where nothing has
 * ever happened, and relays its events where there is a broker. A database that is lost on the way is waited for at each of these
 * steps: what was done before it stays open, and what was half done is done again. Throws what these do.
 */
export async function openStoreService(options: StoreServiceOptions): Promise<StoreService> {
  const { config } = options
  const opened = new AsyncDisposableStack()
  try {
    const store = await waitUntilReachable(() => openStore(config), options)
    opened.defer(() => store.close())
    const first = await waitUntilReachable(() => firstStart(store, options), options)
    const relays = await openRelays({ ...options, store })
    opened.defer(() => relays.stop())
    return { store, ...first, close: () => opened.disposeAsync() }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

/** Of several that start on one database, one does it, and the others find it done. */
async function firstStart(store: Store, { config, signal }: StoreServiceOptions) {
  const lock = await store.database.lock('first-start', signal)
  try {
    const token = await firstManagerToken(store.tokens, { dataDir: config.dataDir, given: config.token })
    return { token, seeded: await seedIfNew(store) }
  } finally {
    await lock.release()
  }
}
