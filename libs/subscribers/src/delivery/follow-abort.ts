/**
 * A signal that aborts with another one, or by itself, until it is let go. `AbortSignal.any` would leave something behind in a signal
 * that lives as long as the process, for each event.
 */
export function followAbort(signal: AbortSignal) {
  const controller = new AbortController()
  const follow = () => controller.abort(signal.reason)
  if (signal.aborted) follow()
  signal.addEventListener('abort', follow)
  return {
    signal: controller.signal,
    abort: (reason: unknown) => controller.abort(reason),
    letGo: () => signal.removeEventListener('abort', follow),
  }
}
