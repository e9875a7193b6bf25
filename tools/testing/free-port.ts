import { createServer } from 'node:net'

/**
 * Below the ports that a system hands out by itself (32768 up on Linux). From those, a client that tries an engine which is down
 * would sooner or later be given the very port that it tries: it would be connected to itself, and the engine would not come up again.
 */
const lowest = 10_000
const highest = 32_000

/** A port of the loopback address that nobody listens on. Taken at random: test files that run side by side seldom draw the same. */
export async function freePort(): Promise<number> {
  const port = lowest + Math.floor(Math.random() * (highest - lowest))
  return (await isFree(port)) ? port : freePort()
}

/** Whether a server could listen on this port of the loopback address. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
