import { errors } from '@magasin/contracts/errors'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import Type from 'typebox'
import { InputError } from './input-error.ts'

/** A problem as it is answered (RFC 9457): the facts of the error are further members. */
export interface Problem {
  /** `urn:magasin:error:CODE`: stable, and no address that would have to be served. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
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
  const { http } = error.kind
  if (http === null || error.code === 'INTERNAL') return internal
  const standard = {
    type: `urn:magasin:error:${error.code}`,
    title: http.title,
    status: http.status,
    code: error.code,
    detail: http.detail ?? error.message,
  }
  if (http.detail !== undefined) return standard
  const fields = error instanceof InputError ? { errors: error.errors } : {}
  // Twice: the first keeps the standard members in front, the second keeps a fact from replacing one of them.
  return { ...standard, ...error.facts, ...fields, ...standard }
}

const internal: Problem = {
  type: 'urn:magasin:error:INTERNAL',
  title: errors.INTERNAL.http!.title,
  status: 500,
  code: 'INTERNAL',
  detail: 'the service failed; its log, under the x-request-id of this answer, says why',
}
