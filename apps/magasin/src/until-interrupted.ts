/** Runs work that Ctrl-C or SIGTERM aborts, so that it can clean up; the process then ends as the signal asks. */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController()
  let exitCode: number | undefined
  const onInt = () => abort(130)
  const onTerm = () => abort(143)
  const abort = (code: number) => {
    exitCode = code
    interrupted.abort(new Error('interrupted'))
  }
  process.once('SIGINT', onInt)
  process.once('SIGTERM', onTerm)
  try {
    return await work(interrupted.signal)
  } catch (error) {
    if (exitCode !== undefined) process.exit(exitCode)
    throw error
  } finally {
    process.removeListener('SIGINT', onInt)
    process.removeListener('SIGTERM', onTerm)
  }
}
