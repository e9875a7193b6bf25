import type { FastifyRequest } from 'fastify'

/**
 * Tells which user the thing asked for belongs to; undefined if to nobody, or if there is no such thing: the caller is answered alike.
 * The owner of a thing must not change between this answer and what the route does.
 */
export type OwnerOf = (request: FastifyRequest) => number | undefined | Promise<number | undefined>

/** For `ownOf`: the user id in the body, under `name`. Without an integer in the route's schema it is nobody's. */
export function bodyUser(name: string): OwnerOf {
  return ({ body }) => userIdIn(body, name)
}

/** For `ownOf`: the user id in the query, under `name`. A query that names no user is nobody's, so what asks for everybody's is refused. */
export function queryUser(name: string): OwnerOf {
  return ({ query }) => userIdIn(query, name)
}

/** For `ownOf`: looks up whose the thing is whose id the request tells; see `paramId`. Without an id nothing is looked up. */
export function lookedUp(
  idOf: (request: FastifyRequest) => number | undefined,
  ownerOf: (id: number, request: FastifyRequest) => Promise<number | undefined>,
): OwnerOf {
  return (request) => {
    const id = idOf(request)
    return id === undefined ? undefined : ownerOf(id, request)
  }
}

function userIdIn(holder: unknown, name: string): number | undefined {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined
  const value = (holder as Readonly<Record<string, unknown>>)[name]
  return Number.isSafeInteger(value) ? (value as number) : undefined
}
