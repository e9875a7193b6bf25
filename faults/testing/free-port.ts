import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port that is free now and that the system gives to nobody by itself. One that it hands out (32768 and up on Linux) could be taken
 * while the shop is down, even by a client of ours that tries to reach it: TCP lets a socket connect to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen({ host: '127.0.0.1', port })
  try {
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
