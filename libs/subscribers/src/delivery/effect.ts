import type { Catalogue } from '@magasin/contracts/catalogue'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { followAbort } from './follow-abort.ts'
import type { OutsideHandler } from '../handlers/outside.ts'
import type { ToHandle } from './plan.ts'

// What does not end so long after it was asked to is left alone, and done again by the next owner.
export const endGraceMs = 2_000

/** How an effect ended. */
export type Outcome = { readonly isDone: true } | { readonly isDone: false; readonly error: unknown }

export interface EffectLimit {
  readonly limitMs: number
  /** Asks the effect to end early. */
  readonly signal: AbortSignal
  /** What is limited, for the message. */
  readonly type: string
}

export interface BegunEffect {
  readonly effect: Promise<Outcome>
  /** Undefined if it is slow. */
  readonly outcome: Outcome | undefined
}

/** Begins the effect of an event, and resolves when that has ended or is slow. Never rejects. */
export async function beginEffectOf(
  { record, handler }: ToHandle<OutsideHandler<never>>,
  { catalogue, signal }: { readonly catalogue: Catalogue; readonly signal: AbortSignal },
): Promise<BegunEffect> {
  const work = (asked: AbortSignal) => handler.handle(catalogue.decode(record) as never, { signal: asked })
  const effect = beginEffect(work, { limitMs: handler.limitMs, signal, type: record.type })
  return { effect, outcome: await endedWithin(effect, handler.setAsideAfterMs, signal) }
}

/**
 * Begins an effect that may go on after those who began it stopped waiting. Never rejects. An effect that is over its limit is asked
 * to end and waited for no longer: HANDLER_TIMED_OUT.
 */
async function beginEffect(
  work: (signal: AbortSignal) => Promise<void>,
  { limitMs, signal, type }: EffectLimit,
): Promise<Outcome> {
  const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>()
  const asking = followAbort(signal)
  const timer = setTimeout(() => {
    const error = timedOut(type, limitMs)
    asking.abort(error)
    end({ isDone: false, error })
  }, limitMs)
  Promise.try(work, asking.signal).then(
    () => end({ isDone: true }),
    (error: unknown) => end({ isDone: false, error }),
  )
  try {
    return await ended
  } finally {
    clearTimeout(timer)
    asking.letGo()
  }
}

/** How an effect ended; undefined if it has not within so long, or some seconds after the signal asked it to. */
export async function endedWithin(
  effect: Promise<Outcome>,
  ms: number,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const wait = (forMs: number) => setTimeout(() => resolve(undefined), forMs)
  let timer: NodeJS.Timeout | undefined
  const ask = () => {
    clearTimeout(timer)
    timer = wait(endGraceMs)
  }
  if (signal.aborted) ask()
  else timer = wait(ms)
  signal.addEventListener('abort', ask)
  try {
    return await Promise.race([effect, late])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', ask)
  }
}

export function timedOut(type: string, limitMs: number): MagasinError {
  return new MagasinError('HANDLER_TIMED_OUT', `the handler of ${type} was not done after ${limitMs} ms`, {
    facts: { type, limitMs },
  })
}
