import { randomUUID } from 'node:crypto'
import type { HttpServer } from './http-server.ts'

const kTrace = Symbol('magasin.trace')

declare module 'fastify' {
  interface FastifyRequest {
    [kTrace]: string | null
    /** The W3C trace context to hand on: the caller's with a span of our own, or a new one. */
    readonly traceparent: string
  }
}

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/**
 * The W3C trace context to hand on: a valid incoming one with a new span id, so that what follows is this service's child; else a
 * new trace. Not sampled when new: nothing here collects spans, and a flag that says so must not be made up.
 * https://www.w3.org/TR/trace-context/
 */
export function continueTrace(incoming: string | undefined): string {
  const [, traceId, parentId, flags] = pattern.exec(incoming ?? '') ?? []
  const valid = traceId !== undefined && /[^0]/.test(traceId) && /[^0]/.test(parentId ?? '')
  return `00-${valid ? traceId : randomId(16)}-${randomId(8)}-${valid ? flags : '00'}`
}

/**
 * From random UUIDs, which Node makes from random bytes in stock: asking the system for some with each request costs more than the rest.
 * All zeroes is the one id that the standard forbids; a version 4 never is.
 */
function randomId(bytes: number): string {
  return randomUUID()
    .replaceAll('-', '')
    .slice(0, 2 * bytes)
}

/** Gives each request its `traceparent`, made when it is first read: most requests change nothing and never need one. */
export function registerTrace(server: HttpServer): void {
  server.decorateRequest(kTrace, null)
  server.decorateRequest('traceparent', {
    getter() {
      const header = this.headers['traceparent']
      return (this[kTrace] ??= continueTrace(typeof header === 'string' ? header : undefined))
    },
  })
}
