import { setTimeout as delay } from 'node:timers/promises'

const lookMs = 50

/** Waits until a condition holds; throws, naming what was waited for, when that takes longer than `deadlineMs`. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await delay(lookMs)
  }
}
