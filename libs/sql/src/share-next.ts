/**
 * Lets calls made at the same time share one run of `work`. A run that has begun may be too late for a new call: that call waits
 * for the next run, which starts when this one is over. All calls made in between share it.
 */
export function shareNext(work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<unknown> = Promise.resolve()
  let next: Promise<void> | undefined
  const begin = () => {
    next = undefined
    const running = work()
    underWay = running.catch(() => undefined)
    return running
  }
  return () => (next ??= underWay.then(begin))
}
