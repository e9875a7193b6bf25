import { setTimeout as delay } from 'node:timers/promises'

export interface Patience {
  readonly deadlineMs?: number
  /** How often to look. */
  readonly everyMs?: number
}

/**
 * Waits until `look` finds something, and answers it: undefined and false mean "not yet". A rejection is no "not yet": it is passed on
 * at once. Throws at the deadline, 30 s unless told otherwise, and names what was waited for; no wait is that long, except on a machine
 * that does much else.
 */
export async function until<T>(
  what: string | (() => string),
  look: () => T | Promise<T>,
  { deadlineMs = 30_000, everyMs = 25 }: Patience = {},
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>
    if (performance.now() > deadline)
      throw new Error(`not within ${deadlineMs} ms: ${typeof what === 'string' ? what : what()}`)
    await delay(everyMs)
  }
}
