import { defineErrors } from './error-kinds.ts'

/**
 * Every error that the libraries raise. An application has a table of its own beside this one.
 * `docs/reference/errors.md` says of each what happened and what to do; a test compares them.
 */
export const errors = defineErrors({
  // What a caller asked for cannot be done as asked.
  BODY_MALFORMED: { http: { status: 400, title: 'The body is not what its content type says' } },
  BODY_TOO_LARGE: { http: { status: 413, title: 'The body is too large' } },
  COMMAND_TOO_LARGE: { http: { status: 413, title: 'The command asks for too much at once' } },
  EXPECTATION_FAILED: { http: { status: 417, title: 'The expectation cannot be met' } },
  FORBIDDEN: { http: { status: 403, title: 'Not allowed' } },
  IDEMPOTENCY_KEY_REUSED: { http: { status: 422, title: 'The idempotency key belongs to another request' } },
  INPUT_INVALID: { http: { status: 422, title: 'The input breaks a rule' } },
  MEDIA_TYPE_UNSUPPORTED: { http: { status: 415, title: 'The content type is not supported' } },
  ROUTE_NOT_FOUND: { http: { status: 404, title: 'No such route' } },
  UNAUTHENTICATED: { http: { status: 401, title: 'A valid token is needed' } },
  // The service cannot do it now.
  ACCESS_UNAVAILABLE: {
    retryable: true,
    http: {
      status: 503,
      title: 'It cannot be told who calls',
      retryAfterS: 2,
      detail: 'it cannot be told now who calls: try again later, with the same Idempotency-Key if there was one',
    },
  },
  DEADLINE_EXCEEDED: { retryable: true, http: { status: 503, title: 'It took too long', retryAfterS: 1 } },
  INTERNAL: { retryable: true, http: { status: 500, title: 'Something went wrong here' } },
  OVERLOADED: { retryable: true, http: { status: 503, title: 'Too much at once', retryAfterS: 1 } },
  READ_MODELS_BEHIND: {
    retryable: true,
    http: { status: 503, title: 'The read models are not there yet', retryAfterS: 1 },
  },
  READ_MODELS_NOT_READY: { retryable: true, http: { status: 503, title: 'The read models are built', retryAfterS: 1 } },
  READ_MODELS_UNAVAILABLE: {
    retryable: true,
    http: { status: 503, title: 'The read models cannot be reached', retryAfterS: 5 },
  },
  // Its Retry-After is when there is room again.
  RATE_LIMITED: { retryable: true, http: { status: 429, title: 'Too many requests' } },
  STARTING: { retryable: true, http: { status: 503, title: 'The service is starting', retryAfterS: 1 } },
  STOPPING: { retryable: true, http: { status: 503, title: 'The service is stopping', retryAfterS: 5 } },
  STORE_UNAVAILABLE: {
    retryable: true,
    http: {
      status: 503,
      title: 'The store cannot be reached',
      retryAfterS: 5,
      detail: 'the store cannot be used now: try again later, with the same Idempotency-Key if there was one',
    },
  },
  // The set-up is wrong; said at start.
  CONFIG_INVALID: { exitCode: 2 },
  DATA_FOLDER_IN_USE: { exitCode: 2 },
  DATA_FOLDER_UNUSABLE: { exitCode: 2 },
  DATABASE_DAMAGED: { exitCode: 2 },
  DATABASE_NEWER: { exitCode: 2 },
  DATABASE_REFUSED: { exitCode: 2 },
  FAMILY_INVALID: { exitCode: 2, refusesStart: true },
  PORT_IN_USE: { exitCode: 2 },
  PORT_REFUSED: { exitCode: 2 },
  TOPIC_PARTITIONS_CHANGED: { exitCode: 2, refusesStart: true },
  UPCASTER_MISSING: { exitCode: 2 },
  // The log and those who read it.
  LOG_DAMAGED: {},
  LOG_DIVERGED: { exitCode: 2, refusesStart: true },
  LOG_FOREIGN: { exitCode: 2, refusesStart: true },
  LOG_GAP: { exitCode: 3 },
  LOG_MOVED: { retryable: true },
  LOG_UNAVAILABLE: { retryable: true },
  PARTITION_UNASSIGNED: {},
  POSITION_AHEAD: { exitCode: 2, refusesStart: true },
  POSITION_MOVED: { retryable: true },
  // An event that nobody can handle as it is.
  EVENT_INVALID: { parks: true },
  EVENT_SCHEMA_NEWER: { parks: true },
  EVENT_TOO_LARGE: { parks: true },
  EVENT_TYPE_UNKNOWN: { parks: true },
  HANDLER_SLOW: { retryable: true },
  HANDLER_TIMED_OUT: { parks: true },
  // The command line.
  BACKUP_UNUSABLE: { exitCode: 2 },
  DATA_MISSING: { exitCode: 2 },
  NOT_FOUND: {},
  OUTPUT_FILE_UNUSABLE: { exitCode: 2 },
})

/** A code of the libraries. */
export type ErrorCode = keyof typeof errors
