import { isMagasinError, MagasinError } from '@magasin/contracts/magasin-error'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { callerHungUp } from './deadline.ts'
import { fieldErrors } from './field-errors.ts'
import type { HttpServer } from './http-server.ts'
import { InputError } from './input-error.ts'
import { problemMediaType, toProblem } from './problem.ts'

/** Answers every error, and every route that there is not, as a problem. What nobody expected goes to the log with its stack. */
export function registerErrorAnswers(server: HttpServer): void {
  server.setErrorHandler<FastifyError>((error, request, reply) => answerError(error, request, reply))
  server.setNotFoundHandler((request, reply) => answerError(routeNotFound(), request, reply))
}

/** Also for what Fastify refuses before there is a route: an address that is no address. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = asMagasinError(error)
  const problem = toProblem(known)
  if (error === callerHungUp) request.log.debug({ err: error }, 'a request was given up by its caller')
  else if (problem.status === 500) request.log.error({ err: known }, 'a request failed unexpectedly')
  else if (problem.status > 500) request.log.warn({ err: known }, 'a request could not be served')
  const retryAfterS = isMagasinError(known) ? known.kind.http?.retryAfterS : undefined
  if (retryAfterS !== undefined) reply.header('retry-after', retryAfterS)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  // Sent as text: a route's response schema is for what it answers when all is well, and would drop members of a problem.
  return reply.code(problem.status).type(problemMediaType).send(JSON.stringify(problem))
}

/** Fastify's errors by our codes; anything else stays what it is. */
function asMagasinError(error: unknown): unknown {
  if (isMagasinError(error) || !(error instanceof Error)) return error
  const { code, validation, validationContext, statusCode } = error as FastifyError
  if (validation !== undefined) return new InputError(fieldErrors(validation, validationContext ?? 'body'))
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new MagasinError('BODY_TOO_LARGE', 'the body is larger than this service reads', { cause: error })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new MagasinError('MEDIA_TYPE_UNSUPPORTED', 'send the body as application/json', { cause: error })
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
    // A path that leaves the folder of the pages, or has a zero byte.
    case 'FST_STATIC_FORBIDDEN_PATH':
      return routeNotFound()
    default:
      // What is left of the 400s is about the bytes of the body: broken JSON, none at all, a length that does not hold.
      return statusCode === 400
        ? new MagasinError('BODY_MALFORMED', 'the body is not valid JSON, or did not arrive whole', { cause: error })
        : error
  }
}

function routeNotFound(): MagasinError {
  return new MagasinError('ROUTE_NOT_FOUND', 'nothing answers to this method and path; /docs lists what does')
}
