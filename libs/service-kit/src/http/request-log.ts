import type { FastifyRequest } from 'fastify'
import type { Logger } from '../log/logger.ts'
import type { Metrics } from '../metrics.ts'
import type { HttpServer } from './http-server.ts'

/**
 * Counts and, at debug level, logs each answer: method, route pattern, status, duration. Never the address itself, which holds ids and
 * may hold more, and never a body.
 */
export function registerRequestLog(
  server: HttpServer,
  { logger, metrics }: { readonly logger: Logger; readonly metrics?: Metrics },
): void {
  server.addHook('onResponse', (request, reply, done) => {
    const ms = reply.elapsedTime
    metrics?.httpDuration
      .labels(request.method, routeOf(request), `${Math.floor(reply.statusCode / 100)}xx`)
      .observe(ms / 1_000)
    if (logger.isLevelEnabled('debug'))
      request.log.debug(
        { method: request.method, route: routeOf(request), status: reply.statusCode, ms: Math.round(ms) },
        'answered',
      )
    done()
  })
}

/** The pattern, `/users/:id`; what strangers make up has none, and counts as one. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none'
}
