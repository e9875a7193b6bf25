import { setTimeout } from 'node:timers/promises'

const everyMs = 25

/**
 * Waits until `look` finds something, and answers it; it is asked again and again, and undefined, false or a rejection mean "not yet".
 * Throws what `failure` says at the deadline, 30 s unless told otherwise: no wait is that long but on a machine that does much else.
 */
export async function until<T>(
  look: () => T | Promise<T>,
  failure: () => string,
  deadlineMs = 30_000,
): Promise<Exclude<Awaited<T>, undefined | false>> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const found = await Promise.resolve()
      .then(look)
      .catch(() => undefined)
    if (found !== undefined && found !== false) return found as Exclude<Awaited<T>, undefined | false>
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs / 1_000} s: ${failure()}`)
    await setTimeout(everyMs)
  }
}
