import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A way to a Redis that can go dead, as a route does whose other end lost its power: nothing is refused, nothing comes. */
export interface SwallowingProxy {
  readonly url: string
  /** From now on nothing passes, also on connections that come later. */
  swallow(): void
  /** Connections that come from now on work; those that are there stay dead. */
  pass(): void
  close(): Promise<void>
}

export async function startSwallowingProxy(url: string): Promise<SwallowingProxy> {
  const { hostname, port } = new URL(url)
  const ways = new Set<readonly [Socket, Socket]>()
  let isDead = false
  const server = createServer((from) => {
    const to = connect({ host: hostname, port: Number(port) })
    const way = [from, to] as const
    ways.add(way)
    const end = () => {
      ways.delete(way)
      for (const socket of way) socket.destroy()
    }
    for (const socket of way) socket.once('close', end).on('error', () => undefined)
    if (isDead) from.resume()
    else void from.pipe(to).pipe(from)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    swallow() {
      isDead = true
      for (const [from, to] of ways) {
        from.unpipe(to).resume()
        to.unpipe(from).resume()
      }
    },
    pass: () => void (isDead = false),
    async close() {
      for (const [from] of ways) from.destroy()
      await once(server.close(), 'close')
    },
  }
}
