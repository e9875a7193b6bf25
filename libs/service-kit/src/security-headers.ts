import helmet from '@fastify/helmet'
import type { HttpServer } from './http-server.ts'

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
 * Headers that tell a browser what it may do with an answer. Helmet makes its eleven anew for every request, which alone halves the
 * requests per second of a small answer; so pages get helmet, and data the few constant ones that matter to data.
 * Neither forces HTTPS: the service speaks plain HTTP, and what stands in front of it may add that.
 */
export async function registerSecurityHeaders(server: HttpServer): Promise<void> {
  await server.register(helmet, {
    global: false,
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
  server.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.page === true) void reply.helmet()
    else reply.headers(dataHeaders)
    done()
  })
}
