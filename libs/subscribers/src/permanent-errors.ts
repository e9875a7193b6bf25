import type { ErrorCode } from '@magasin/contracts/error-codes'
import { isMagasinError, type MagasinError } from '@magasin/contracts/magasin-error'

/**
 * The closed list of errors that trying again cannot mend: an event that meets one is parked. Everything else (a lost connection,
 * a deadlock, a full disk, a fault of ours that the next version mends) is tried again for ever.
 */
const permanent: ReadonlySet<ErrorCode> = new Set([
  'EVENT_INVALID',
  'EVENT_SCHEMA_NEWER',
  'EVENT_TOO_LARGE',
  'EVENT_TYPE_UNKNOWN',
  'RECIPIENT_REFUSED',
])

/** Whether an error parks the event that met it. */
export function isPermanent(error: unknown): error is MagasinError {
  return isMagasinError(error) && permanent.has(error.code)
}
