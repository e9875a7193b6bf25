import { setTimeout as delay } from 'node:timers/promises'
import { backoffMs } from './backoff.ts'

export interface RetryOptions {
  /** Whether no other try can mend it: it is thrown. */
  readonly isFinal: (error: unknown, tries: number) => boolean
  /** Told of a failure after which another try follows. */
  readonly onFailure: (error: unknown, tries: number) => void
  /** Ends the trying with the failure that was the last. */
  readonly signal: AbortSignal
}

/** Runs `work` until it succeeds, with a growing pause; always once. */
export async function retryForEver<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { isFinal, onFailure, signal } = options
  for (let tries = 1; ; tries++)
    try {
      return await work()
    } catch (error) {
      if (signal.aborted || isFinal(error, tries)) throw error
      onFailure(error, tries)
      await delay(backoffMs(tries), undefined, { signal })
    }
}
