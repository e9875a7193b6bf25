/**
 * A function that lets all who call it while `work` is under way wait together for one next run of it.
 * Each caller's run begins after its call: what a caller did before is covered. A run that fails, fails for those who waited for it.
 */
export function shareCalls(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  const begin = (): Promise<void> => {
    next = undefined
    running = work()
    return running
  }
  return () => (next ??= running.then(begin, begin))
}
