import type { ErrorCode } from '@magasin/contracts/error-codes'
import { isMagasinError } from '@magasin/contracts/magasin-error'

/** What waiting does not mend and going on would make worse: two stores, or two histories, in one log. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'LOG_DIVERGED',
  'LOG_FOREIGN',
  'POSITION_AHEAD',
  'TOPIC_PARTITIONS_CHANGED',
])

/** Whether an error is a reason not to start. A broker that is away, or whose disk is damaged, is none: that is said, and tried again. */
export function isRefusal(error: unknown): boolean {
  return isMagasinError(error) && refusals.has(error.code)
}
