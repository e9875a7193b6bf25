/**
 * Every error that Magasin raises, by its code, with whether the same call can succeed later as it is.
 * `docs/reference/errors.md` says of each what happened and what to do; a test compares the two.
 */
export const errorCodes = {
  // What a caller asked for cannot be done as asked.
  BODY_MALFORMED: { retryable: false },
  BODY_TOO_LARGE: { retryable: false },
  EMAIL_TAKEN: { retryable: false },
  FORBIDDEN: { retryable: false },
  IDEMPOTENCY_KEY_REUSED: { retryable: false },
  INPUT_INVALID: { retryable: false },
  MEDIA_TYPE_UNSUPPORTED: { retryable: false },
  ROUTE_NOT_FOUND: { retryable: false },
  UNAUTHENTICATED: { retryable: false },
  USER_NOT_FOUND: { retryable: false },
  // The service cannot do it now.
  DEADLINE_EXCEEDED: { retryable: true },
  INTERNAL: { retryable: true },
  OVERLOADED: { retryable: true },
  STOPPING: { retryable: true },
  STORE_UNAVAILABLE: { retryable: true },
  // The set-up is wrong; said at start.
  CONFIG_INVALID: { retryable: false },
  DATA_FOLDER_IN_USE: { retryable: false },
  DATA_FOLDER_UNUSABLE: { retryable: false },
  DATABASE_DAMAGED: { retryable: false },
  DATABASE_NEWER: { retryable: false },
  DATABASE_REFUSED: { retryable: false },
  OUTPUT_FOLDER_UNUSABLE: { retryable: false },
  PORT_IN_USE: { retryable: false },
  PORT_REFUSED: { retryable: false },
  TOPIC_PARTITIONS_CHANGED: { retryable: false },
  UPCASTER_MISSING: { retryable: false },
  // The log and those who read it.
  LOG_DAMAGED: { retryable: false },
  LOG_DIVERGED: { retryable: false },
  LOG_FOREIGN: { retryable: false },
  LOG_GAP: { retryable: false },
  LOG_MOVED: { retryable: true },
  LOG_UNAVAILABLE: { retryable: true },
  POSITION_AHEAD: { retryable: false },
  POSITION_MOVED: { retryable: true },
  // An event that nobody can handle as it is: these park it.
  EVENT_INVALID: { retryable: false },
  EVENT_SCHEMA_NEWER: { retryable: false },
  EVENT_TOO_LARGE: { retryable: false },
  EVENT_TYPE_UNKNOWN: { retryable: false },
  RECIPIENT_REFUSED: { retryable: false },
  // The command line.
  BACKUP_UNUSABLE: { retryable: false },
  DATA_MISSING: { retryable: false },
  NOT_FOUND: { retryable: false },
  OUTPUT_FILE_UNUSABLE: { retryable: false },
} as const satisfies Record<string, { readonly retryable: boolean }>

export type ErrorCode = keyof typeof errorCodes
