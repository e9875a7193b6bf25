import { ExitCode, exitCodeOf } from './exit-codes.ts'
import { failureText } from './failure-text.ts'
import type { Logger } from '../log/logger.ts'
import { stopWithParent } from './stop-with-parent.ts'

/** What runs until it is stopped. */
export interface Running {
  /** Where a crash is told; without it, on stderr. */
  readonly logger?: Logger
  /** Called once. */
  stop(): Promise<void>
}

/** Starts the service; the signal aborts if the process is to stop before it has started. */
export type Start = (signal: AbortSignal) => Promise<Running>

export interface RunOptions {
  /** How long `stop` may take before the process ends without it; 10 000 by default. */
  readonly graceMs?: number
}

/** What a shell shows for a process that the signal ended. */
const exitCodesOfSignals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/**
 * The life of a process. Read the settings inside `start`: what it throws is told in one line, without a stack. Its signal aborts
 * when the process is to stop before it has started; it may then reject with the signal's reason.
 * SIGINT, SIGTERM, SIGHUP or the end of the launcher stop it, also while it starts, exit code 0; a second signal ends it at
 * once, 128 and its number. A MagasinError at start exits 2 if the set-up is wrong, else 1; an unexpected error at any time
 * stops it and exits 1. Ends the process by `process.exit`.
 */
export async function runProcess(start: Start, options: RunOptions = {}): Promise<void> {
  const { graceMs = 10_000 } = options
  const stopping = new AbortController()
  // Begins after the listeners below are there: a signal may come at once, and the parent may be gone already.
  const starting = Promise.resolve().then(() => startUnlessStopped(start, stopping.signal))
  let logger: Logger | undefined
  const tell = (error: unknown, message: string): void => tellFailure(logger, error, message)

  let isStopping = false
  const stop = async (exitCode: ExitCode): Promise<void> => {
    if (isStopping) return
    isStopping = true
    stopping.abort(new Error('it is to stop'))
    try {
      await within(graceMs, async () => (await starting)?.stop())
      process.exit(exitCode)
    } catch (error) {
      tell(error, 'it did not stop cleanly')
      process.exit(ExitCode.failed)
    }
  }
  // The reader of these may be gone; the process still stops in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  for (const [signal, exitCode] of Object.entries(exitCodesOfSignals))
    process.on(signal, () => (isStopping ? process.exit(exitCode) : void stop(ExitCode.done)))
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error: unknown) => {
      tell(error, 'an unexpected error: stopping')
      void stop(ExitCode.failed)
    })
  stopWithParent(() => void stop(ExitCode.done))

  try {
    logger = (await starting)?.logger
  } catch (error) {
    process.stderr.write(failureText(error, process.env))
    process.exit(exitCodeOf(error))
  }
}

function tellFailure(logger: Logger | undefined, error: unknown, message: string): void {
  if (logger === undefined) process.stderr.write(failureText(error, process.env))
  else logger.fatal({ err: error }, message)
}

/** Undefined if it gave up because it was to stop. */
async function startUnlessStopped(start: Start, signal: AbortSignal): Promise<Running | undefined> {
  try {
    return await start(signal)
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined
    throw error
  }
}

async function within(ms: number, work: () => Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`it did not stop within ${ms} ms`)), ms)
  try {
    await Promise.race([work(), late.promise])
  } finally {
    clearTimeout(timer)
  }
}
