/**
 * A signal that aborts with others, or by itself, until it is let go of them. `AbortSignal.any` would leave something behind in a
 * signal that lives as long as the process, for each event.
 */
export function followAbort(...signals: readonly AbortSignal[]) {
  const controller = new AbortController()
  const releases = signals.map((signal) => {
    const follow = () => controller.abort(signal.reason)
    if (signal.aborted) follow()
    signal.addEventListener('abort', follow)
    return { signal, release: () => signal.removeEventListener('abort', follow) }
  })
  return {
    signal: controller.signal,
    abort: (reason: unknown) => controller.abort(reason),
    /** Follows this one, or by default all of them, no longer. */
    letGo: (of?: AbortSignal) => {
      for (const { signal, release } of releases) if (of === undefined || of === signal) release()
    },
  }
}
