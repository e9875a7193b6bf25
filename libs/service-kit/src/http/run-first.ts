import type { onRequestAsyncHookHandler, onRequestHookHandler, RouteOptions } from 'fastify'

/**
 * From an `onRoute` hook: makes `hook` run for this route, ahead of the route's own ones and after those of the server.
 * What a hook must know of its route it learns here, once; asking the request for it costs more than most hooks do.
 */
export function runFirst(route: RouteOptions, stage: 'onRequest' | 'preValidation' | 'preHandler', hook: Hook): void {
  route[stage] = [hook, ...([route[stage] ?? []].flat() as onRequestHookHandler[])] as onRequestHookHandler[]
}

type Hook = onRequestHookHandler | onRequestAsyncHookHandler
