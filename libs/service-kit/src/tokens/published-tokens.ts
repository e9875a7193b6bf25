import { setTimeout as delay } from 'node:timers/promises'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { createLocalJWKSet, decodeProtectedHeader, importJWK, type JWK, type JWTVerifyGetKey } from 'jose'
import type { Caller } from '../http/access.ts'
import type { Logger } from '../log/logger.ts'
import { readToken, signatureAlgorithm, type TokenClaims } from './signed-token.ts'

/** Where a service publishes the keys that sign its tokens, and which of these tokens open nothing any more. */
export const publishedPaths = { keys: '/.well-known/jwks.json', revoked: '/.well-known/revoked-tokens.json' } as const

export interface PublishedTokensOptions {
  /** The address of the service that gives the tokens. */
  readonly issuer: string
  readonly logger: Logger
  /** How long what is known last counts while that service cannot be reached. */
  readonly staleMs?: number
  /** How often it is asked what was revoked: tokens open nothing after so long, and a moment for the answer. */
  readonly everyMs?: number
}

const everyTwoSecondsMs = 2_000
const answerWithinMs = 2_000
const anHourMs = 3_600_000
const askedAgainAfterMs = 250
const mostRead = 1_000

interface Known {
  /** The keys as they were published. */
  readonly published: string
  readonly keyIds: ReadonlySet<string>
  readonly keys: JWTVerifyGetKey
  readonly revoked: ReadonlySet<string>
  readonly atMs: number
  /** What tokens say that were read with these keys, by the token: a signature takes a tenth of a millisecond. */
  readonly read: Map<string, TokenClaims>
}

/**
 * Tells who holds a token that another service signed, by the keys that it publishes: without asking it about each. It is asked every two
 * seconds what was revoked, and at once for a key that is new.
 */
export class PublishedTokens {
  readonly #options: PublishedTokensOptions
  readonly #closing = new AbortController()
  #known: Known | undefined
  #asking: Promise<void> | undefined
  #askingSoon: Promise<void> | undefined
  #askedAtMs = Number.NEGATIVE_INFINITY
  #fault: unknown
  readonly #timer: NodeJS.Timeout

  constructor(options: PublishedTokensOptions) {
    const { everyMs = everyTwoSecondsMs } = options
    this.#options = options
    this.#timer = setInterval(() => void this.#ask(), everyMs).unref()
    void this.#ask()
  }

  /**
   * Who holds the token; undefined if nobody does. Rejects with ACCESS_UNAVAILABLE as long as nothing was published, and when what is known
   * last is too old to count.
   */
  async authenticate(token: string): Promise<Caller | undefined> {
    const keyId = keyIdOf(token)
    if (keyId === undefined) return undefined
    if (this.#known === undefined) await (this.#fault === undefined ? this.#ask() : this.#askSoon())
    const known = await this.#knowing(keyId)
    const claims = known.read.get(token) ?? (await readToken(token, known.keys))
    if (claims === undefined || known.revoked.has(claims.id) || claims.expiresAt.getTime() <= Date.now())
      return undefined
    if (known.read.size >= mostRead) known.read.clear()
    known.read.set(token, claims)
    return claims.caller
  }

  /** Rejects if the service could not be asked the last time. */
  async check(): Promise<void> {
    if (this.#fault !== undefined) throw unavailable('did not answer the last time', this.#fault)
    this.#current()
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.#timer)
    this.#closing.abort()
  }

  /** What is known, asked for after now if it has no such key: one that was made a moment ago must not be refused. */
  async #knowing(keyId: string): Promise<Known> {
    const arrivedAtMs = performance.now()
    for (;;) {
      if (this.#closing.signal.aborted) throw unavailable('is not asked any more', undefined)
      const known = this.#current()
      if (known.keyIds.has(keyId) || known.atMs >= arrivedAtMs) return known
      await this.#askSoon()
      if (this.#fault !== undefined) throw unavailable('has not answered', this.#fault)
    }
  }

  /** Asks again for all who wait, a moment after it was asked last: anyone can make tokens that name a key which there is not. */
  #askSoon(): Promise<void> {
    const pauseMs = Math.max(0, this.#askedAtMs + askedAgainAfterMs - performance.now())
    return (this.#askingSoon ??= delay(pauseMs, undefined, { ref: false })
      .then(() => this.#ask())
      .finally(() => {
        this.#askingSoon = undefined
      }))
  }

  #current(): Known {
    const { staleMs = anHourMs } = this.#options
    if (this.#known === undefined) throw unavailable('has not answered yet', this.#fault)
    if (performance.now() - this.#known.atMs > staleMs) throw unavailable('has not answered for long', this.#fault)
    return this.#known
  }

  /** Asks once, whoever wants to know at the same time. Never rejects. */
  #ask(): Promise<void> {
    return (this.#asking ??= this.#refresh().finally(() => {
      this.#asking = undefined
    }))
  }

  async #refresh(): Promise<void> {
    const { issuer, logger } = this.#options
    const askedAtMs = performance.now()
    this.#askedAtMs = askedAtMs
    try {
      const [keys, revoked] = await Promise.all([
        this.#get(publishedPaths.keys).then(keysIn),
        this.#get(publishedPaths.revoked).then(revokedIn),
      ])
      this.#known = this.#knownFrom(keys, { revoked, atMs: askedAtMs })
      if (this.#fault !== undefined) logger.info({ issuer }, 'it can be told again who calls')
      this.#fault = undefined
    } catch (error) {
      if (this.#closing.signal.aborted) return
      if (this.#fault === undefined)
        logger.warn(
          { issuer, err: unavailable('did not answer', error) },
          'what is known of tokens gets old; asking again',
        )
      this.#fault = error
    }
  }

  #knownFrom(
    keys: readonly JWK[],
    { revoked, atMs }: { readonly revoked: readonly string[]; readonly atMs: number },
  ): Known {
    const published = JSON.stringify(keys)
    const isSame = this.#known?.published === published
    return {
      published,
      keyIds: new Set(keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid]))),
      revoked: new Set(revoked),
      atMs,
      keys: isSame ? this.#known!.keys : createLocalJWKSet({ keys: [...keys] }),
      read: isSame ? this.#known!.read : new Map<string, TokenClaims>(),
    }
  }

  async #get(path: string): Promise<unknown> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(answerWithinMs)])
    const answer = await fetch(new URL(path, this.#options.issuer), { signal, redirect: 'error' })
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`)
    return answer.json()
  }
}

/** Throws for anything but keys that can be used: who took `{}` for no keys would shut everybody out. */
async function keysIn(answer: unknown): Promise<readonly JWK[]> {
  const { keys } = Object(answer) as { readonly keys?: unknown }
  if (!Array.isArray(keys)) throw new Error('what was answered is no set of keys')
  for (const key of keys as readonly JWK[]) await importJWK(key, signatureAlgorithm)
  return keys as readonly JWK[]
}

/** Throws for anything but a list of ids: who took `{}` for an empty one would let in what was revoked. */
function revokedIn(answer: unknown): readonly string[] {
  const { revoked } = Object(answer) as { readonly revoked?: unknown }
  if (!Array.isArray(revoked) || revoked.some((id) => typeof id !== 'string'))
    throw new Error('what was answered is no list of tokens')
  return revoked as readonly string[]
}

function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    return undefined
  }
}

function unavailable(what: string, cause: unknown): MagasinError {
  return new MagasinError('ACCESS_UNAVAILABLE', `the service that gives the tokens ${what}`, { cause })
}
