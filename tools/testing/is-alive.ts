import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'

/** Whether there is such a process. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Waits for what another process does. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!isSo()) {
    assert.ok(performance.now() < deadline, `not within ten seconds: ${what}`)
    await setTimeout(20)
  }
}
