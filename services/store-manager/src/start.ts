import { registerAccess } from '@magasin/service-kit/access'
import type { Health } from '@magasin/service-kit/health'
import { createHttpServer } from '@magasin/service-kit/create-http-server'
import { listen } from '@magasin/service-kit/listen'
import type { Logger } from '@magasin/service-kit/logger'
import type { Metrics } from '@magasin/service-kit/metrics'
import { registerOperationRoutes } from '@magasin/service-kit/operation-routes'
import type { StoreManagerConfig } from './config.ts'
import { registerFrontPage, type FrontPage } from './http/front-page.ts'
import { registerUserRoutes } from './http/user-routes.ts'
import type { Store } from './open-store.ts'

export interface StoreManagerOptions {
  readonly config: Pick<StoreManagerConfig, 'host' | 'port' | 'access'>
  readonly store: Store
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  readonly frontPage: FrontPage
}

export interface StoreManager {
  readonly url: string
  readonly port: number
  /** What it answers to: `POST /users`. */
  readonly routes: readonly string[]
  /** Answers what it was asked, and takes nothing more. The store stays open: it is the caller's. */
  stop(): Promise<void>
}

// Remembered answers are kept a day; looking once an hour keeps the table within a twentieth of what it must hold.
const sweepMs = 3_600_000

/** Serves an open store over HTTP. Throws PORT_IN_USE, PORT_REFUSED. */
export async function startStoreManager(options: StoreManagerOptions): Promise<StoreManager> {
  const { config, store, logger, metrics, health } = options
  const server = await createHttpServer({
    about: {
      title: 'Magasin: the store',
      description: 'Users of the shop. Every change is an event.',
      version: '0.1.0',
    },
    logger,
    metrics,
  })
  registerAccess(server, { authenticate: (hash) => store.tokens.authenticate(hash), open: config.access === 'open' })
  health.add({ name: 'store', required: true, check: () => store.database.check() })
  // The reference lists them in this order.
  registerUserRoutes(server, store)
  registerOperationRoutes(server, { health, metrics })
  registerFrontPage(server, options.frontPage)
  const sweep = setInterval(() => {
    store.events
      .forgetOldAnswers()
      .catch((err: unknown) => logger.warn({ err }, 'old answers could not be forgotten; trying again'))
  }, sweepMs).unref()
  const stop = async () => {
    clearInterval(sweep)
    health.stopping()
    await server.close()
  }
  try {
    const listening = await listen(server, config)
    return { ...listening, routes: server.declaredRoutes.map(({ method, url }) => `${String(method)} ${url}`), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
