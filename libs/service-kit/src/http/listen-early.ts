import { createServer } from 'node:http'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { FastifyServerFactory } from 'fastify'
import type { Health } from '../health.ts'
import type { Logger } from '../log/logger.ts'
import type { Metrics } from '../metrics.ts'
import { Connections } from './connections.ts'
import { createHttpServer } from './create-http-server.ts'
import type { HttpServer } from './http-server.ts'
import { listen, type Listening, type ListenOptions } from './listen.ts'
import { registerOperationRoutes } from './operation-routes.ts'

export interface ListenEarlyOptions {
  readonly config: ListenOptions
  readonly logger: Logger
  readonly metrics: Metrics
  /** Tell it what is still being opened: `health.expect`. */
  readonly health: Health
}

/** A port that a service holds while it starts. */
export interface EarlyPort extends Listening {
  /**
   * From now on `server` answers here: give it the routes first, and do not let it listen itself. No connection is refused or cut.
   * Whoever closes `server` closes the port with it, and waits for the requests under way.
   */
  handOver(server: HttpServer): Promise<void>
  /** Closes the port, after the answers under way. Idempotent. */
  close(): Promise<void>
}

/**
 * Listens before the service has opened what it needs, so that a supervisor can tell a slow start from a dead process.
 * /health-check, /ready and /metrics are answered at once, anything else with STARTING until a server takes over: Fastify
 * takes no route once it listens, and the service's own routes need what is not open yet. Throws PORT_IN_USE, PORT_REFUSED.
 */
export async function listenEarly({ config, logger, metrics, health }: ListenEarlyOptions): Promise<EarlyPort> {
  let successor: HttpServer | undefined
  const connections = new Connections()
  const serverFactory: FastifyServerFactory = (handler, options) => {
    const { keepAliveTimeout = 0, requestTimeout = 0, connectionTimeout = 0 } = options as Timeouts
    const server = createServer({ ...(options['http'] as object) }, (request, response) =>
      successor === undefined ? handler(request, response) : successor.routing(request, response),
    )
    connections.watch(server)
    return Object.assign(server, { keepAliveTimeout, requestTimeout, timeout: connectionTimeout })
  }
  const starting = await createHttpServer({ logger, metrics, serverFactory })
  refuseOtherRoutes(starting)
  registerOperationRoutes(starting, { health, metrics })
  let closed: Promise<void> | undefined
  const close = () => (closed ??= closeWithConnections(starting, connections))
  const handOver = async (server: HttpServer) => {
    server.addHook('preClose', close)
    await server.ready()
    successor = server
  }
  try {
    return { ...(await listen(starting, config)), handOver, close }
  } catch (error) {
    await close()
    throw error
  }
}

// A request of which a part is there is given this time for the rest; a caller that hangs must not make the stop an unclean one.
const restOfRequestMs = 1_000
// Less than the ten seconds that a process has to stop: what is opened on the database must still be closed.
const answersMs = 8_000

async function closeWithConnections(server: HttpServer, connections: Connections): Promise<void> {
  const closing = server.close()
  const timers = [
    setTimeout(() => connections.cutUnasked(), restOfRequestMs),
    setTimeout(() => connections.cutAll(), answersMs),
  ]
  try {
    await closing
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}

interface Timeouts {
  readonly keepAliveTimeout?: number
  readonly requestTimeout?: number
  readonly connectionTimeout?: number
}

function refuseOtherRoutes(server: HttpServer): void {
  server.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404) return done()
    done(new MagasinError('STARTING', 'the service is starting; /ready says what it waits for'))
  })
}
