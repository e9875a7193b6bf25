import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault, RouteOptions } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

/** A Fastify server whose handlers are typed by their TypeBox schemas. */
export type HttpServer = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>

export interface HttpServerOptions {
  /** What `/docs` and `/openapi.json` say of the service. */
  readonly about: { readonly title: string; readonly description: string; readonly version: string }
  readonly logger: Logger
  /** Where the duration of each request is counted. */
  readonly metrics?: Metrics
  /** Every request is answered within this time, or with DEADLINE_EXCEEDED; `request.signal` aborts then. 10 000 by default. */
  readonly deadlineMs?: number
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route declared so far, in order. */
    readonly declaredRoutes: readonly RouteOptions[]
  }
  interface FastifyRequest {
    /** The W3C trace context to hand on: the caller's with a span of our own, or a new one. */
    readonly traceparent: string
  }
}

/** An HTTP server with everything but its routes. Close it with `server.close()`. */
export async function createHttpServer(_options: HttpServerOptions): Promise<HttpServer> {
  throw new Error('being written')
}
