/**
 * How long a statement is waited for: `giveUp` is called when that is over, unless the function that comes back was called before.
 * A server that is stopped, or a network that swallows packets, is noticed by nothing else.
 */
export type Patience = (giveUp: (reason: Error) => void) => () => void

/** Gives up after a time. */
export const within =
  (ms: number): Patience =>
  (giveUp) => {
    const timer = setTimeout(() => giveUp(new Error(`no answer within ${ms} ms`)), ms)
    return () => clearTimeout(timer)
  }

/** Gives up when `signal` aborts, and never before. */
export const until =
  (signal: AbortSignal): Patience =>
  (giveUp) => {
    const abort = () => giveUp(new Error('given up', { cause: signal.reason }))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    return () => signal.removeEventListener('abort', abort)
  }
