import type { Health } from '../health.ts'
import type { Logger } from '../log/logger.ts'
import type { Metrics } from '../metrics.ts'
import { createHttpServer } from './create-http-server.ts'
import { listen, type Listening } from './listen.ts'
import type { About } from './openapi.ts'
import { registerOperationRoutes } from './operation-routes.ts'

export interface OperationOptions {
  readonly about: About
  readonly config: { readonly host: string; readonly port: number }
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
}

/**
 * Serves /health-check, /ready and /metrics for a service without an API. Call it before anything is opened, after `health.expect`.
 * Throws PORT_IN_USE, PORT_REFUSED.
 */
export async function serveOperation(options: OperationOptions): Promise<Listening & { stop(): Promise<void> }> {
  const { about, config, logger, metrics, health } = options
  const server = await createHttpServer({ about, logger, metrics })
  registerOperationRoutes(server, { health, metrics })
  const stop = async () => {
    health.stopping()
    await server.close()
  }
  try {
    return { ...(await listen(server, config)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
