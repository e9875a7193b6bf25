import { setTimeout as delay } from 'node:timers/promises'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { SqlFault } from './sql-database.ts'

export interface ContentionPolicy {
  readonly faultOf: (error: unknown) => SqlFault
  /** How long to go on trying. */
  readonly waitMs: number
  readonly now?: () => number
  readonly wait?: (ms: number) => Promise<unknown>
}

/**
 * Runs a transaction again while other writers are in its way: full jitter, doubling from 2 ms to 100 ms
 * (Brooker, "Exponential Backoff And Jitter", AWS 2015), so that two losers do not meet again in step.
 * Gives up with STORE_UNAVAILABLE after `waitMs`; other faults of the database become the error that callers know.
 */
export async function retryContended<T>(attempt: () => Promise<T>, policy: ContentionPolicy): Promise<T> {
  const { now = Date.now, wait = delay } = policy
  const deadline = now() + policy.waitMs
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      const fault = policy.faultOf(error)
      if (fault !== 'contended' || now() >= deadline) throw toMagasinError(error, fault, policy.waitMs)
      await wait(Math.random() * Math.min(100, 2 ** tries))
    }
  }
}

function toMagasinError(error: unknown, fault: SqlFault, waitMs: number): unknown {
  if (fault === 'contended')
    return new MagasinError('STORE_UNAVAILABLE', `the database was busy for ${waitMs} ms: try again later`, {
      cause: error,
    })
  if (fault === 'unavailable')
    return new MagasinError('STORE_UNAVAILABLE', 'the database cannot be written now: look at its disk and its log', {
      cause: error,
    })
  if (fault === 'damaged')
    return new MagasinError(
      'DATABASE_DAMAGED',
      'the database file is damaged: stop, run `magasin doctor`, put a backup back',
      {
        cause: error,
      },
    )
  return error
}
