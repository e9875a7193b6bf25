import { CommanderError } from 'commander'
import { exitCodeOf } from '@magasin/service-kit/exit-codes'
import { failureText } from '@magasin/service-kit/failure-text'

/** Runs what a command does: a failure is told in one line, without a stack, and becomes the exit code. */
export function runCommand<Args extends readonly unknown[]>(
  action: (...args: Args) => Promise<number | void>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      process.exitCode = (await action(...args)) ?? 0
    } catch (error) {
      // A wrong call: commander has said so, and main.ts knows its exit code.
      if (error instanceof CommanderError) throw error
      endWith(error)
    }
  }
}

/** Tells a failure in one line, without a stack; it becomes the exit code. */
export function endWith(error: unknown): void {
  process.stderr.write(failureText(error, process.env))
  process.exitCode = exitCodeOf(error)
}
