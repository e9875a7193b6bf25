import { setTimeout as delay } from 'node:timers/promises'

export interface Patience {
  readonly deadlineMs?: number
  /** How often to look. */
  readonly everyMs?: number
}

/** Waits until a condition holds; throws, naming what was waited for, when that takes longer than the deadline. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { deadlineMs = 30_000, everyMs = 50 }: Patience = {},
): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await delay(everyMs)
  }
}
