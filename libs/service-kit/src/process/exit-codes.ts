import type { ErrorCode } from '@magasin/contracts/error-codes'
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

const misuses: ReadonlySet<ErrorCode> = new Set([
  'BACKUP_UNUSABLE',
  'CONFIG_INVALID',
  'DATA_FOLDER_IN_USE',
  'DATA_FOLDER_UNUSABLE',
  'DATA_MISSING',
  'DATABASE_DAMAGED',
  'DATABASE_NEWER',
  'DATABASE_REFUSED',
  'LOG_DIVERGED',
  'LOG_FOREIGN',
  'OUTPUT_FILE_UNUSABLE',
  'OUTPUT_FOLDER_UNUSABLE',
  'PORT_IN_USE',
  'PORT_REFUSED',
  'POSITION_AHEAD',
  'TOPIC_PARTITIONS_CHANGED',
])

/** The exit code for a process that `error` ended. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!isMagasinError(error)) return ExitCode.failed
  if (error.code === 'LOG_GAP') return ExitCode.historyIncomplete
  return misuses.has(error.code) ? ExitCode.misused : ExitCode.failed
}
