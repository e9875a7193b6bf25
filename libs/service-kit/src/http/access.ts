import { createHash, randomBytes } from 'node:crypto'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpServer } from './http-server.ts'
import { isLoopback, refuseOtherHosts } from './local-requests.ts'
import type { Exchange, RateLimiter } from './rate-limiter.ts'
import { runFirst } from './run-first.ts'

/** Who calls. */
export interface Caller {
  /**
   * `user:42`, `supplier:acme-toys`, or `shop` for every token of the shop itself. Idempotency keys belong to it, and a log may name it.
   * Never the token: a client that renews it between a try and the next one would be carried out twice. For the same reason the
   * shop's own tokens share one set of keys; programs that hold different ones must not choose keys like 1, 2, 3.
   */
  readonly id: string
  /** What it may do: a word that the application chose. */
  readonly role: string
  /** The user that the token belongs to; null if it is no user's. */
  readonly userId: number | null
  /** Whether it has a budget of requests, if callers have one (`RateLimiter`): every user has, and who else is told to. */
  readonly isLimited?: boolean
}

/** Who may call a route, declared with it as `config: { access }`. A route that declares nothing does not start. */
export type AccessRule = 'public' | RoleRule

export interface RoleRule {
  readonly roles: readonly string[]
  /** The owner of the thing asked for: this user may call with any role. Told by the path, before the body is read. See `paramId`. */
  readonly own?: (request: FastifyRequest) => number | undefined
  /**
   * The owner, if the body, the query or a look tells it: asked after the input was checked, only if the role does not suffice.
   * Undefined for a thing that is not there, which is refused like another's: nobody finds out which there are.
   */
  readonly ownOf?: (request: FastifyRequest) => number | undefined | Promise<number | undefined>
  /** How an owner asks for its own, told to whom is refused: `send your own user_id`. */
  readonly ownHint?: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: AccessRule
  }
  interface FastifyRequest {
    /** Null on a public route; `callerOf` is the way to read it. */
    caller: Caller | null
  }
}

/** A user who calls, with the role of his type. */
export function userCaller(userId: number, role: string): Caller {
  return { id: `user:${userId}`, role, userId }
}

/** A new bearer token: 256 random bits, recognisable by its prefix to people and to scanners of leaked secrets. */
export function newToken(): string {
  return `mag_${randomBytes(32).toString('base64url')}`
}

/**
 * What is stored of a token: SHA-256, hex. A slow, salted hash defends what people choose against guessing;
 * nobody guesses 256 random bits, and this one is computed on every request.
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Whether `caller` may call a route with this rule, for a thing that belongs to `ownerId`. */
export function mayCall(rule: AccessRule, caller: Caller, ownerId: number | undefined): boolean {
  if (rule === 'public' || rule.roles.includes(caller.role)) return true
  return ownerId !== undefined && caller.userId === ownerId
}

/** For `own`: the user id in the path, at `:name`; undefined if that is no id. */
export function paramId(name: string): (request: FastifyRequest) => number | undefined {
  return (request) => {
    const text = (request.params as Readonly<Record<string, string | undefined>>)[name] ?? ''
    return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
  }
}

/** For `ownOf`: the user id in the body, under `name`. */
export function bodyUser(name: string): (request: FastifyRequest) => number | undefined {
  return ({ body }) => (body as Readonly<Record<string, number | undefined>>)[name]
}

/** For `ownOf`: the user id in the query, under `name`. */
export function queryUser(name: string): (request: FastifyRequest) => number | undefined {
  return ({ query }) => (query as Readonly<Record<string, number | undefined>>)[name]
}

/** Who calls this route. Only for routes that are not public: on a public one nobody was asked. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new MagasinError('INTERNAL', 'a public route has no caller')
  return request.caller
}

/** How a process tells who calls. A process has one, however many services run in it. */
export interface Authentication {
  /** Finds who holds a token; asked on every request to a route that is not public. */
  readonly authenticate: (token: string) => Promise<Caller | undefined>
  /** No token needed: everyone is this caller. Only if the service listens on loopback (`accessFaults`), for requests to loopback. */
  readonly openAs?: Caller
}

/** The rules of a server's routes, at work. */
export interface Access {
  /** Gives what they are judged by, once; it may come after the routes. Throws INTERNAL the second time. */
  use(authentication: Authentication): void
  /** Throws INTERNAL, naming a route, if one is not public and nothing was given that tells who calls. */
  ensure(): void
  /** Refuses with RATE_LIMITED, from now on, who asks too often; not on public routes, and nobody with open access. */
  limitBy(limiter: RateLimiter): void
}

/** For `readSettings`: open access anywhere but on loopback gives the shop away. */
export function accessFaults(settings: {
  readonly access: 'token' | 'open'
  readonly host: string
}): readonly string[] {
  return settings.access === 'open' && !isLoopback(settings.host)
    ? [
        `MAGASIN_ACCESS=open needs HOST=127.0.0.1, it is ${JSON.stringify(settings.host)}: anyone who can reach it would be a manager`,
      ]
    : []
}

/**
 * Asks every request for a token, before its body is read, so that a stranger learns nothing.
 * Call it before any route is declared: a route that was there already would stay open, so one that is not public is refused,
 * and so is any route from now on that declares no access. Call `ensure` before the server answers.
 * Answers UNAUTHENTICATED (401) or FORBIDDEN (403).
 */
export function registerAccess(server: HttpServer, authentication?: Authentication): Access {
  let used: Authentication | undefined
  let limiter: RateLimiter | undefined
  server.decorateRequest('caller', null)
  for (const route of server.declaredRoutes) if (route.config?.access !== 'public') throw undeclared(route)
  server.addHook('onRoute', (route) => {
    const rule = route.config?.access
    if (rule === undefined) throw undeclared(route)
    if (rule === 'public') return
    runFirst(route, 'onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
      if (used === undefined) throw unguarded(route)
      const caller = used.openAs ?? (await identify({ request, reply }, used, limiter))
      admit(request, rule, caller)
    })
    if (rule.ownOf !== undefined)
      runFirst(route, 'preHandler', (request: FastifyRequest) => refuseOthers(request, rule))
  })
  const use = (given: Authentication) => {
    if (used !== undefined) throw new MagasinError('INTERNAL', 'who calls is told already: a process has one way to')
    used = given
    if (given.openAs !== undefined) refuseOtherHosts(server)
  }
  if (authentication !== undefined) use(authentication)
  return {
    use,
    ensure() {
      const guarded = server.declaredRoutes.find((route) => route.config?.access !== 'public')
      if (guarded !== undefined && used === undefined) throw unguarded(guarded)
    },
    limitBy(given) {
      limiter = given
    },
  }
}

function admit(request: FastifyRequest, rule: RoleRule, caller: Caller): void {
  const mayOwn = rule.ownOf !== undefined && caller.userId !== null
  if (!mayOwn && !mayCall(rule, caller, rule.own?.(request))) throw forbidden(rule, caller)
  request.caller = caller
}

/** The second half of the judgement, for a caller whose role does not suffice. */
async function refuseOthers(request: FastifyRequest, rule: RoleRule): Promise<void> {
  const caller = callerOf(request)
  if (mayCall(rule, caller, rule.own?.(request))) return
  if (!mayCall(rule, caller, await rule.ownOf?.(request))) throw forbidden(rule, caller)
}

function forbidden({ roles, own, ownOf, ownHint }: RoleRule, { role, userId }: Caller): MagasinError {
  const hint = ownHint === undefined ? '' : `: ${ownHint}`
  // Who is no user owns nothing.
  const orOwner =
    userId === null || (own === undefined && ownOf === undefined) ? '' : `, or the one to whom it belongs${hint}`
  return new MagasinError('FORBIDDEN', `the role ${role} may not do this; it takes ${roles.join(' or ')}${orOwner}`)
}

/** Who calls. Throws UNAUTHENTICATED, or RATE_LIMITED: before a token is looked up, or after it. */
async function identify(exchange: Exchange, { authenticate }: Authentication, limiter?: RateLimiter): Promise<Caller> {
  limiter?.admitAddress(exchange)
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(exchange.request.headers.authorization ?? '')?.[1]
  const caller = token === undefined ? undefined : await authenticate(token)
  if (caller === undefined) {
    limiter?.countRefusal(exchange)
    throw new MagasinError('UNAUTHENTICATED', 'send a valid token: Authorization: Bearer …')
  }
  limiter?.admitCaller(caller, exchange)
  return caller
}

type DeclaredRoute = { readonly method: string | readonly string[]; readonly url: string }

function undeclared(route: DeclaredRoute): MagasinError {
  return new MagasinError(
    'INTERNAL',
    `${String(route.method)} ${route.url} must declare who may call it, after registerAccess: config: { access: 'public' } or { access: { roles } }`,
  )
}

function unguarded(route: DeclaredRoute): MagasinError {
  return new MagasinError(
    'INTERNAL',
    `${String(route.method)} ${route.url} is not public, and nothing here tells who calls: give the process an authentication, host.authenticateBy(…)`,
  )
}
