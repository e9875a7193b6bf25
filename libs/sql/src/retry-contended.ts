import { setTimeout as delay } from 'node:timers/promises'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { SqlFault } from './sql-database.ts'

export interface ContentionPolicy {
  readonly faultOf: (error: unknown) => SqlFault
  /** How long to go on trying. */
  readonly waitMs: number
  /** Milliseconds of a clock that never steps back: set back by an hour, the wall clock would make this wait an hour longer. */
  readonly now?: () => number
  readonly wait?: (ms: number) => Promise<unknown>
}

/**
 * Runs a transaction again while other writers are in its way: full jitter, doubling from 2 ms to 100 ms
 * (Brooker, "Exponential Backoff And Jitter", AWS 2015), so that two losers do not meet again in step.
 * Gives up with STORE_UNAVAILABLE after `waitMs`.
 */
export async function retryContended<T>(attempt: () => Promise<T>, policy: ContentionPolicy): Promise<T> {
  const { now = () => performance.now(), wait = delay } = policy
  const deadline = now() + policy.waitMs
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      const fault = policy.faultOf(error)
      if (fault !== 'contended') throw error
      if (now() >= deadline) throw busyError(policy.waitMs, error)
      await wait(Math.random() * Math.min(100, 2 ** tries))
    }
  }
}

function busyError(waitMs: number, cause: unknown): MagasinError {
  return new MagasinError('STORE_UNAVAILABLE', `the database was busy for ${waitMs} ms: try again later`, { cause })
}
