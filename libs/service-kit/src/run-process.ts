import { ExitCode, exitCodeOf } from './exit-codes.ts'
import { failureText } from './failure-text.ts'
import type { Logger } from './logger.ts'
import { stopWithParent } from './stop-with-parent.ts'

/** What runs until it is stopped. */
export interface Running {
  /** Where a crash is told; without it, on stderr. */
  readonly logger?: Logger
  /** Called once. */
  stop(): Promise<void>
}

export interface RunOptions {
  /** How long `stop` may take before the process ends without it; 10 000 by default. */
  readonly graceMs?: number
}

/** Ctrl-C under npm arrives twice, from the terminal and handed on by npm. What comes this soon after the first is the same one. */
const sameSignalMs = 500

/** What a shell shows for a process that the signal ended. */
const exitCodeOfSignal = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * The life of a process. Read the settings inside `start`: what it throws is told in one line, without a stack.
 * SIGINT, SIGTERM or the end of the launcher stop it once, exit code 0; a second signal ends it at once, 130 or 143.
 * A MagasinError at start exits 2 where the set-up is wrong, else 1; an unexpected error at any time stops it and exits 1.
 * Never returns before the process has started; ends it by `process.exit`.
 */
export async function runProcess(start: () => Promise<Running>, options: RunOptions = {}): Promise<void> {
  const { graceMs = 10_000 } = options
  let running: Running
  try {
    running = await start()
  } catch (error) {
    process.stderr.write(failureText(error, process.env))
    process.exit(exitCodeOf(error))
  }

  let stoppedAt: number | undefined
  const stop = async (exitCode: ExitCode): Promise<void> => {
    if (stoppedAt !== undefined) return
    stoppedAt = performance.now()
    process.exit(await stopWithin(graceMs, running, exitCode))
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stoppedAt !== undefined && performance.now() - stoppedAt > sameSignalMs) process.exit(exitCodeOfSignal[signal])
      void stop(ExitCode.done)
    })
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error: unknown) => {
      tell(running, error, 'an unexpected error: stopping')
      void stop(ExitCode.failed)
    })
  stopWithParent(() => void stop(ExitCode.done))
}

/** Stops what runs and answers how the process ends: `exitCode` if it stopped cleanly and in time. */
async function stopWithin(graceMs: number, running: Running, exitCode: ExitCode): Promise<ExitCode> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`it did not stop within ${graceMs} ms`)), graceMs)
  try {
    await Promise.race([running.stop(), late.promise])
    return exitCode
  } catch (error) {
    tell(running, error, 'it did not stop cleanly')
    return ExitCode.failed
  } finally {
    clearTimeout(timer)
  }
}

function tell(running: Running, error: unknown, message: string): void {
  if (running.logger === undefined) process.stderr.write(failureText(error, process.env))
  else running.logger.fatal({ err: error }, message)
}
