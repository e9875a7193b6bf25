import { setTimeout as delay } from 'node:timers/promises'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { createRedisClient } from './redis-client.ts'
import type { ScriptName } from './scripts.ts'

/** Runs scripts in a Redis or a Redis Cluster that may be away. */
export interface RedisConnection {
  /**
   * Resolves with what the script answers. Rejects with READ_MODELS_UNAVAILABLE if Redis is away, refuses, or does not answer in time;
   * the script may have run all the same then.
   */
  run(name: ScriptName, control: string, ...args: readonly string[]): Promise<unknown>
  /** Idempotent. */
  close(): Promise<void>
}

// A frozen server takes what is sent and says nothing. Longer than any of our scripts, shorter than a caller waits.
const answerMs = 2_000
// A client that answers nothing for so long, while it is asked, is given up. Shorter than this a Redis that comes back is found anyway.
const uselessMs = 4_000

/**
 * Connects to `redis://…` (`rediss://…` by TLS), or, given several addresses with commas between them, to the cluster to which they
 * belong. Resolves also if nobody answers there: it keeps trying. If nothing comes in time, the connection is made anew, for it may be
 * dead at its other end; until then whoever asks is told at once.
 */
export async function connectRedis(url: string): Promise<RedisConnection> {
  let link = new Link(url)
  await Promise.race([link.connect(), delay(answerMs, undefined, { ref: false })])
  let closed = false
  return {
    async run(name, control, ...args) {
      const used = link
      try {
        if (closed) throw new Error('it is closed')
        return await used.run(name, control, args)
      } catch (cause) {
        if (!closed && used === link && used.isUseless()) {
          link = new Link(url)
          used.destroy()
          void link.connect()
        }
        throw new MagasinError(
          'READ_MODELS_UNAVAILABLE',
          `the read models in Redis cannot be used now (${wordOf(cause)}): look at that server, its memory and its disk`,
          { cause },
        )
      }
    },
    close() {
      closed = true
      link.destroy()
      return Promise.resolve()
    },
  }
}

/** A client, until it is given up. */
class Link {
  readonly #redis: ReturnType<typeof createRedisClient>
  #connecting: Promise<unknown> | undefined
  #heardAt = performance.now()
  #isSilent = false

  constructor(url: string) {
    this.#redis = createRedisClient(url)
    // Every fault is told by what is asked meanwhile.
    this.#redis.on('error', () => undefined)
  }

  connect(): Promise<unknown> {
    return (this.#connecting ??= this.#redis.connect().then(
      () => undefined,
      () => (this.#connecting = undefined),
    ))
  }

  async run(name: ScriptName, control: string, args: readonly string[]): Promise<unknown> {
    void this.connect()
    const asked = performance.now()
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      this.#isSilent ||= this.#heardAt < asked
      late.reject(new Error(`no answer within ${answerMs} ms`))
    }, answerMs)
    try {
      const answer = await Promise.race([this.#redis[name](control, ...args), late.promise])
      this.#heardAt = performance.now()
      return answer
    } finally {
      clearTimeout(timer)
    }
  }

  /** Whether its connection seems dead, or it has not come to one for a while. */
  isUseless(): boolean {
    return this.#isSilent || performance.now() - this.#heardAt > uselessMs
  }

  destroy(): void {
    this.#redis.destroy()
  }
}

/** What kind of fault it is: the first word of what Redis says (NOAUTH, OOM, READONLY …), or the code of the connection's. Never a secret. */
function wordOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  const { code } = cause as Error & { readonly code?: unknown }
  // Of a script that failed half-way the word stands within.
  const [word] =
    /\b(?:NOPERM|WRONGTYPE|OOM|READONLY|MISCONF)\b/.exec(cause.message) ?? /^[A-Z]{3,}\b/.exec(cause.message) ?? []
  return word ?? (typeof code === 'string' ? code : cause.message.startsWith('no answer') ? 'no answer' : cause.name)
}
