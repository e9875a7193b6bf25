import { createClient, createCluster } from '@redis/client'
import { scripts } from './scripts.ts'

const connectMs = 2_000

const options = {
  // Its own `socketTimeout` would not do: pings and questions count as signs of life, and after it the client gives up for good.
  socket: { connectTimeout: connectMs },
  // Whoever asks is told at once that Redis is away.
  disableOfflineQueue: true,
} as const

/** A client of the server at `url`, or of the cluster to which several addresses with commas between them belong. Not connected yet. */
export function createRedisClient(url: string) {
  const urls = url.split(',')
  return urls.length === 1 ? createClient({ url, ...options, scripts }) : createClusterClient(urls)
}

/** The first address says how to sign in; the others are on the same terms. */
function createClusterClient(urls: readonly string[]) {
  const { username, password, protocol } = new URL(urls[0]!)
  const tls = protocol === 'rediss:'
  return createCluster({
    rootNodes: urls.map((url) => ({ url })),
    defaults: {
      ...options,
      socket: tls ? { ...options.socket, tls: true } : options.socket,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    },
    scripts,
  })
}
