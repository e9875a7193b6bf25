import type { OutgoingHttpHeaders } from 'node:http'
import helmet from '@fastify/helmet'
import Fastify, { type onRequestHookHandler } from 'fastify'
import type { HttpServer } from './http-server.ts'
import { runFirst } from './run-first.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers what a browser shows: it gets all of helmet's headers, and may load scripts, styles and images from here. */
    page?: boolean
  }
}

/** Data, not documents: never to be sniffed, framed, kept by a cache or drawn into another site. */
const dataHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/**
 * Headers that tell a browser what it may do with an answer: all of helmet's on pages, on data the few that matter to data.
 * Neither forces HTTPS: the service speaks plain HTTP, and what stands in front of it may add that.
 * Answers the hook that makes a page of a route which cannot say `config: { page: true }`.
 */
export async function registerSecurityHeaders(server: HttpServer): Promise<onRequestHookHandler> {
  const pageHeaders = await askHelmet()
  const asPage: onRequestHookHandler = (_request, reply, done) => {
    reply.headers(pageHeaders)
    done()
  }
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(dataHeaders)
    done()
  })
  server.addHook('onRoute', (route) => {
    if (route.config?.page === true) runFirst(route, 'onRequest', asPage)
  })
  return asPage
}

/** Helmet makes the same headers anew for every request, which halves the requests per second of a small answer: it is asked once. */
async function askHelmet(): Promise<OutgoingHttpHeaders> {
  const probe = Fastify()
  await probe.register(helmet, {
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // Swagger UI, and a page of a few lines, style inline.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  })
  probe.get('/', (_request, reply) => reply.send())
  const { headers } = await probe.inject('/')
  await probe.close()
  const { date: _date, connection: _connection, 'content-length': _length, ...fromHelmet } = headers
  return fromHelmet
}
