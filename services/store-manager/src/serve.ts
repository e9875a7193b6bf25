import { holdDataFolder } from '@magasin/service-kit/data-folder'
import { createHealth } from '@magasin/service-kit/health'
import { createLogger, type Logger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import type { StoreManagerConfig } from './config.ts'
import { openStoreService } from './open-store-service.ts'
import { startStoreManager } from './start.ts'

/** A store-manager that runs as a process of its own. */
export interface ServedStore {
  readonly url: string
  readonly port: number
  readonly logger: Logger
  /** The first manager's token; undefined where it is kept elsewhere, or was replaced. */
  readonly token: string | undefined
  /** How many seed users were loaded: not 0 the first time. */
  readonly seeded: number
  /** Answers and sends what is under way, then lets go of everything. */
  stop(): Promise<void>
}

/**
 * Opens all that a store-manager needs and serves it. Several may serve one database on a server; a database in a file is held by one.
 * The signal ends the waiting for a database server.
 */
export async function serveStoreManager(config: StoreManagerConfig, signal: AbortSignal): Promise<ServedStore> {
  const { dataDir, database, access } = config
  const logger = createLogger({ service: 'store-manager', level: config.logLevel })
  const metrics = createMetrics()
  const health = createHealth()
  const opened = new AsyncDisposableStack()
  try {
    const folder = await holdDataFolder(dataDir, database === 'sqlite' ? ['store'] : [])
    opened.defer(() => folder.release())
    const service = await openStoreService({ config, logger, metrics, health, signal })
    opened.defer(() => service.close())
    const { store, token, seeded } = service
    const parts = [{ name: 'store-manager', says: 'users: takes commands, records events, answers queries' }]
    const { url, port, stop } = await startStoreManager({
      config,
      store,
      logger,
      metrics,
      health,
      frontPage: { access, parts },
    })
    opened.defer(stop)
    return { url, port, logger, token, seeded, stop: () => opened.disposeAsync() }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}
