import { unlessAborted } from '../unless-aborted.ts'

/** By name, what the next in line waits for. */
const lines = new Map<string, Promise<void>>()

/**
 * Waits until nobody in this process holds `name`, and takes it; those who wait get it in the order in which they came.
 * Resolves with how to let go; rejects with the signal's reason when that aborts first.
 */
export async function lockInProcess(name: string, signal: AbortSignal): Promise<() => void> {
  const before = lines.get(name) ?? Promise.resolve()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const free = before.then(() => released)
  lines.set(name, free)
  void free.then(() => lines.get(name) === free && lines.delete(name))
  try {
    await unlessAborted(before, signal)
  } catch (error) {
    release()
    throw error
  }
  return release
}
