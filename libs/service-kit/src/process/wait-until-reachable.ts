import { setTimeout as delay } from 'node:timers/promises'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { Logger } from '../log/logger.ts'

export interface WaitOptions {
  readonly logger: Logger
  /** Ends the waiting, which then rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** How long to wait; 30 000 by default. */
  readonly patienceMs?: number
  /** How long between two tries; 1 000 by default. */
  readonly pauseMs?: number
}

/**
 * Opens something on a database server that may start later than this process: machines and containers start in any order.
 * Tries again while the server cannot be reached, then throws STORE_UNAVAILABLE. Throws any other error at once.
 */
export async function waitUntilReachable<T>(open: () => Promise<T>, options: WaitOptions): Promise<T> {
  const { logger, signal, patienceMs = 30_000, pauseMs = 1_000 } = options
  const deadline = performance.now() + patienceMs
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted()
    try {
      return await open()
    } catch (error) {
      if (!isMagasinError(error, 'STORE_UNAVAILABLE') || performance.now() + pauseMs > deadline) throw error
      if (tries === 1) logger.warn({ err: error, patienceMs }, 'the database cannot be reached yet; waiting for it')
    }
    await delay(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
