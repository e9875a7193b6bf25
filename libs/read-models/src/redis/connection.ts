import { createClient, createCluster } from '@redis/client'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { scripts, type ScriptName } from './scripts.ts'

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
const connectMs = 2_000
// A connection on which nothing comes any more, not even the answer to a ping, is given up and made anew.
const pingMs = 3_000
const silenceMs = 10_000

const client = {
  socket: { connectTimeout: connectMs, socketTimeout: silenceMs },
  pingInterval: pingMs,
  // Whoever asks is told at once that Redis is away.
  disableOfflineQueue: true,
} as const

/**
 * Connects to `redis://…` (`rediss://…` by TLS), or, given several addresses with commas between them, to the cluster to which they
 * belong. Resolves also if nobody answers there: it keeps trying.
 */
export async function connectRedis(url: string): Promise<RedisConnection> {
  const urls = url.split(',')
  const redis = urls.length === 1 ? oneServer(url) : cluster(urls)
  // Every fault is told by what is asked meanwhile.
  redis.on('error', () => undefined)
  let connecting: Promise<unknown> | undefined
  const connect = () =>
    (connecting ??= redis.connect().then(
      () => undefined,
      () => (connecting = undefined),
    ))
  await inTime(connect()).catch(() => undefined)
  let closed = false
  return {
    async run(name, control, ...args) {
      try {
        if (!closed) void connect()
        return await inTime(redis[name](control, ...args))
      } catch (cause) {
        throw new MagasinError(
          'READ_MODELS_UNAVAILABLE',
          'the read models in Redis cannot be used now: look at that server, its memory and its disk',
          { cause },
        )
      }
    },
    close() {
      if (!closed) redis.destroy()
      closed = true
      return Promise.resolve()
    },
  }
}

const oneServer = (url: string) => createClient({ url, ...client, scripts })

/** The first address says how to sign in; the others are on the same terms. */
function cluster(urls: readonly string[]) {
  const { username, password, protocol } = new URL(urls[0]!)
  const tls = protocol === 'rediss:'
  return createCluster({
    rootNodes: urls.map((url) => ({ url })),
    defaults: {
      ...client,
      socket: tls ? { ...client.socket, tls: true } : client.socket,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    },
    scripts,
  })
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${answerMs} ms`)), answerMs)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
