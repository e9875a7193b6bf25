import { isMagasinError } from '@magasin/contracts/magasin-error'

/** How a process of Magasin ends: what a script can tell from it. */
export const ExitCode = {
  done: 0,
  /** It was asked for rightly and did not succeed. */
  failed: 1,
  /** A wrong call or a wrong set-up: the same call fails again until something is changed. */
  misused: 2,
  /** The history has a gap. */
  historyIncomplete: 3,
} as const

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** The exit code for a process that `error` ended. */
export function exitCodeOf(error: unknown): ExitCode {
  return isMagasinError(error) ? error.kind.exitCode : ExitCode.failed
}
