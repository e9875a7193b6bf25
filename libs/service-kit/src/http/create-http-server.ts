import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyServerFactory, type RouteOptions } from 'fastify'
import { registerDeadline } from './deadline.ts'
import { answerError, registerErrorAnswers } from './error-answers.ts'
import type { HttpServer } from './http-server.ts'
import { readJsonBodies } from './json-body.ts'
import type { Logger } from '../log/logger.ts'
import type { Metrics } from '../metrics.ts'
import { registerOpenapi, type About } from './openapi.ts'
import { nodeHeadChecks, refuseOddHeads } from './request-heads.ts'
import { requestIdOf } from './request-id.ts'
import { registerRequestLog } from './request-log.ts'
import { registerSecurityHeaders } from './security-headers.ts'
import { answerSocketError } from './socket-errors.ts'
import { refuseWhileStopping } from './stopping.ts'
import { registerTrace } from './trace-context.ts'
import { readIntegersInUrls } from './url-integers.ts'

export interface HttpServerOptions {
  /** What `/docs` and `/openapi.json` say of the service; neither is there without it. */
  readonly about?: About
  readonly logger: Logger
  /** Where the duration of each request is counted. */
  readonly metrics?: Metrics
  /** Every request is answered within this time, or with DEADLINE_EXCEEDED; `request.deadline` aborts then. 10 000 by default. */
  readonly deadlineMs?: number
  /** Makes the servers that listen, if not Fastify is to do it. */
  readonly serverFactory?: FastifyServerFactory
}

/**
 * An HTTP server with everything but its routes: declare them after it is there, `registerAccess` first. Close it with `server.close()`.
 *
 * Bodies are JSON of at most 64 KiB and 32 levels, and are checked as they are, without coercion; every error is answered as problem+json; every
 * request has an id and a trace context; `/docs` and `/openapi.json` describe the routes.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { about, deadlineMs = 10_000 } = options
  const server = fastifyOf(options, deadlineMs)
  // Fastify reads text as well, and a body that was sent without its media type would be refused for what it holds.
  server.removeContentTypeParser('text/plain')
  readJsonBodies(server)
  const routes: RouteOptions[] = []
  server.decorate('declaredRoutes', routes)
  server.addHook('onRoute', (route) => void routes.push(route))
  registerErrorAnswers(server)
  registerDeadline(server, deadlineMs)
  registerTrace(server)
  registerRequestLog(server, options)
  readIntegersInUrls(server)
  const asPage = await registerSecurityHeaders(server)
  nameRequests(server)
  refuseOddHeads(server)
  refuseWhileStopping(server)
  if (about !== undefined) await registerOpenapi(server, about, asPage)
  return server
}

function fastifyOf({ logger, serverFactory }: HttpServerOptions, deadlineMs: number): HttpServer {
  return Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestIdOf,
    bodyLimit: 64 * 1024,
    requestTimeout: deadlineMs,
    // Node looks for late requests every 30 s unless told otherwise.
    http: { connectionsCheckingInterval: Math.min(deadlineMs, 5_000), ...nodeHeadChecks },
    connectionTimeout: deadlineMs + 10_000,
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true, verbose: true } },
    frameworkErrors: answerError,
    clientErrorHandler: answerSocketError,
    ...(serverFactory === undefined ? {} : { serverFactory }),
  }).withTypeProvider<TypeBoxTypeProvider>()
}

function nameRequests(server: HttpServer): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
}
