import type { ErrorCode } from '@magasin/contracts/error-codes'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import Type from 'typebox'
import { InputError } from './input-error.ts'

/** How an error is answered over HTTP. */
export interface ProblemKind {
  readonly status: number
  readonly title: string
  /** Seconds after which another try makes sense: every 503 has them. */
  readonly retryAfterS?: number
  /** What callers are told instead of the message and the facts, where those are for the operator: addresses, settings, reasons. */
  readonly detail?: string
}

/**
 * The one table from code to HTTP answer. `null` is an error that no caller caused or can mend: it is answered as INTERNAL,
 * and told to the log only. A new code does not compile before it has its line here.
 */
export const problemKinds: Readonly<Record<ErrorCode, ProblemKind | null>> = {
  BODY_MALFORMED: { status: 400, title: 'The body is not what its content type says' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  EMAIL_TAKEN: { status: 409, title: 'The e-mail address is in use' },
  FORBIDDEN: { status: 403, title: 'Not allowed' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The idempotency key belongs to another request' },
  INPUT_INVALID: { status: 422, title: 'The input breaks a rule' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: 'The content type is not supported' },
  ROUTE_NOT_FOUND: { status: 404, title: 'No such route' },
  UNAUTHENTICATED: { status: 401, title: 'A valid token is needed' },
  USER_NOT_FOUND: { status: 404, title: 'No such user' },

  DEADLINE_EXCEEDED: { status: 503, title: 'It took too long', retryAfterS: 1 },
  INTERNAL: { status: 500, title: 'Something went wrong here' },
  OVERLOADED: { status: 503, title: 'Too much at once', retryAfterS: 1 },
  STOPPING: { status: 503, title: 'The service is stopping', retryAfterS: 5 },
  STORE_UNAVAILABLE: {
    status: 503,
    title: 'The store cannot be reached',
    retryAfterS: 5,
    detail: 'the store cannot be used now: try again later, with the same Idempotency-Key if there was one',
  },

  CONFIG_INVALID: null,
  DATA_FOLDER_IN_USE: null,
  DATA_FOLDER_UNUSABLE: null,
  DATABASE_DAMAGED: null,
  DATABASE_NEWER: null,
  DATABASE_REFUSED: null,
  OUTPUT_FOLDER_UNUSABLE: null,
  PORT_IN_USE: null,
  PORT_REFUSED: null,
  TOPIC_PARTITIONS_CHANGED: null,
  UPCASTER_MISSING: null,
  LOG_DAMAGED: null,
  LOG_DIVERGED: null,
  LOG_FOREIGN: null,
  LOG_GAP: null,
  LOG_MOVED: null,
  LOG_UNAVAILABLE: null,
  POSITION_AHEAD: null,
  POSITION_MOVED: null,
  EVENT_INVALID: null,
  EVENT_SCHEMA_NEWER: null,
  EVENT_TOO_LARGE: null,
  EVENT_TYPE_UNKNOWN: null,
  RECIPIENT_REFUSED: null,
  BACKUP_UNUSABLE: null,
  DATA_MISSING: null,
  NOT_FOUND: null,
  OUTPUT_FILE_UNUSABLE: null,
}

/** A problem as it is answered (RFC 9457): the facts of the error are further members. */
export interface Problem {
  /** `urn:magasin:error:CODE`: stable, and no address that would have to be served. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
  readonly [member: string]: unknown
}

/** The schema of a problem, for OpenAPI. */
export const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'urn:magasin:error:CODE' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'One of the codes of docs/reference/errors.md' }),
    detail: Type.String({ description: 'What failed, and what to do' }),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
        description: 'With INPUT_INVALID: the fields and the rules that they break',
      }),
    ),
  },
  {
    $id: 'Problem',
    additionalProperties: true,
    description: 'An error (RFC 9457); facts of the error are further members',
  },
)

/** The media type of a problem. */
export const problemMediaType = 'application/problem+json'

/** What is answered for `error`. Of an error that no caller caused, nothing is told but that it happened, or when to come back. */
export function toProblem(error: unknown): Problem {
  if (!isMagasinError(error)) return internal
  const kind = problemKinds[error.code]
  if (kind === null || error.code === 'INTERNAL') return internal
  const standard = {
    type: `urn:magasin:error:${error.code}`,
    title: kind.title,
    status: kind.status,
    code: error.code,
    detail: kind.detail ?? error.message,
  }
  if (kind.detail !== undefined) return standard
  const errors = error instanceof InputError ? { errors: error.errors } : {}
  // Twice: the first keeps the standard members in front, the second keeps a fact from replacing one of them.
  return { ...standard, ...error.facts, ...errors, ...standard }
}

const internal: Problem = {
  type: 'urn:magasin:error:INTERNAL',
  title: problemKinds.INTERNAL!.title,
  status: 500,
  code: 'INTERNAL',
  detail: 'the service failed; its log, under the x-request-id of this answer, says why',
}
