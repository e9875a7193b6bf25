import { MagasinError } from '@magasin/contracts/magasin-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from './access.ts'
import { Budgets, type Standing } from './budgets.ts'
import { isLoopback } from './local-requests.ts'

/** How many requests a minute are taken; 0: any number. */
export interface RateLimits {
  /** From one caller. */
  readonly rateLimit: number
  /** From one address, of those that are refused for an invalid token. */
  readonly addressRateLimit: number
}

/** A request, and where its answer's headers go. */
export interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

// Some 2 MB for each of both. Who has more addresses than this gets more than one budget; the limit of its callers still holds.
const maxKeys = 10_000

/**
 * Refuses with RATE_LIMITED whoever asks too often, and says in headers how it stands: `RateLimit-Policy` and `RateLimit`
 * (draft-ietf-httpapi-ratelimit-headers-10), and `Retry-After` when it refuses.
 * - A caller has a budget of requests. A token of the application itself has none, unless its caller `isLimited`.
 * - An address has a budget of requests without a valid token. Once it is spent no token from there is looked up. Others behind the
 *   same address pay for it, so what a caller asks beyond its own budget does not count; requests from loopback have no such budget.
 * Each process counts by itself.
 */
export class RateLimiter {
  readonly #ofCaller: Limit | undefined
  readonly #ofAddress: Limit | undefined

  constructor({ rateLimit, addressRateLimit }: RateLimits) {
    this.#ofCaller = limitOf('caller', rateLimit)
    this.#ofAddress = limitOf('address', addressRateLimit)
  }

  /** Before a token is looked up. */
  admitAddress({ request, reply }: Exchange): void {
    if (this.#ofAddress === undefined || this.#ofAddress.budgets.size === 0) return
    const standing = this.#ofAddress.budgets.look(addressOf(request), performance.now())
    if (standing.waitS === 0) return
    tell(reply, this.#ofAddress, standing)
    throw tooMany('refused requests from this address', this.#ofAddress, standing)
  }

  /** After somebody was refused for its token. */
  countRefusal({ request, reply }: Exchange): void {
    const address = addressOf(request)
    if (this.#ofAddress === undefined || isLoopback(address)) return
    tell(reply, this.#ofAddress, this.#ofAddress.budgets.take(address, performance.now()))
  }

  /** After it is known who calls. */
  admitCaller({ id, userId, isLimited = userId !== null }: Caller, { reply }: Exchange): void {
    if (this.#ofCaller === undefined || !isLimited) return
    const standing = this.#ofCaller.budgets.take(id, performance.now())
    tell(reply, this.#ofCaller, standing)
    if (standing.waitS > 0) throw tooMany('requests of one caller', this.#ofCaller, standing)
  }
}

/** What an answer says of the budget that its request was counted on, for OpenAPI. Nothing, if there is none. */
export const rateLimitHeaders = {
  'ratelimit-policy': {
    type: 'string',
    description: 'the budget, if there is one: its name, the requests, the seconds',
  },
  ratelimit: {
    type: 'string',
    description: 'how it stands: the requests that are left, and the seconds until it is whole',
  },
} as const

interface Limit {
  readonly name: string
  readonly policy: string
  readonly budgets: Budgets
}

function limitOf(name: string, perMinute: number): Limit | undefined {
  if (perMinute === 0) return undefined
  return { name, policy: `"${name}";q=${perMinute};w=60`, budgets: new Budgets({ perMinute, maxKeys }) }
}

function tell(reply: FastifyReply, { name, policy }: Limit, { remaining, wholeInS, waitS }: Standing): void {
  reply.header('ratelimit-policy', policy)
  reply.header('ratelimit', `"${name}";r=${remaining};t=${wholeInS}`)
  if (waitS > 0) reply.header('retry-after', waitS)
}

function tooMany(what: string, { budgets: { perMinute } }: Limit, { waitS }: Standing): MagasinError {
  return new MagasinError('RATE_LIMITED', `at most ${perMinute} ${what} are taken a minute: try again in ${waitS} s`)
}

/** An IPv6 address by its first half: whoever has one has all of its network. */
function addressOf({ socket: { remoteAddress = '' } }: FastifyRequest): string {
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(remoteAddress)?.[1]
  if (mapped !== undefined || !remoteAddress.includes(':') || remoteAddress === '::1') return mapped ?? remoteAddress
  const [head = '', tail] = remoteAddress.split('%')[0]!.split('::')
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')))
  const zeros = tail === undefined ? 0 : 8 - before!.length - after!.length
  return [...before!, ...Array.from({ length: zeros }, () => '0'), ...after!].slice(0, 4).join(':')
}
