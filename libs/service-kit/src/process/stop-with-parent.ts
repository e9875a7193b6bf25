/**
 * Calls `stop` when the launcher is gone, however it went: SIGKILL to a launcher tells its child nothing, but closes the IPC channel
 * between them. Does nothing if our launcher did not start this process (`MAGASIN_LAUNCHER=1` and a channel).
 */
export function stopWithParent(
  stop: () => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
): void {
  if (env['MAGASIN_LAUNCHER'] !== '1' || process.connected === undefined) return
  if (!process.connected) return stop()
  process.once('disconnect', stop)
  // Listening alone must not keep a process alive that has nothing else to do.
  process.channel?.unref()
}
