import type { Command, CommandContext } from '@magasin/event-store/command'
import type { EventStore } from '@magasin/event-store/event-store'
import { InputError } from '@magasin/service-kit/input-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { consistencyTokenHeader, encodeConsistencyToken } from './consistency-token.ts'

/** The header that makes a command, however often it is sent, one command (IETF httpapi draft "Idempotency-Key"). */
export const onceOnlyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x21-\\x7e]+$',
      description:
        'visible ASCII characters; the same command sent again with the same key takes effect once and gets the first answer, for a day',
    }),
  ),
})

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/**
 * Carries out the command of a request: as the one who calls, under the request's key if it has one. One header says if the answer was
 * given before, another one (`Consistency-Token`) what was recorded. Rejects with what `execute` does, and with INPUT_INVALID for a key on a public route: keys belong to callers, and two
 * strangers who choose the same one must not get each other's answers.
 */
export async function runCommand<Answer>(
  events: EventStore,
  command: Command<Answer>,
  { request, reply }: Exchange,
): Promise<Answer> {
  const { answer, repeated, positions } = await events.execute(command, contextOf(request))
  if (repeated) reply.header('idempotency-replayed', 'true')
  const token = encodeConsistencyToken(positions)
  if (token !== undefined) reply.header(consistencyTokenHeader, token)
  return answer
}

function contextOf(request: FastifyRequest): CommandContext {
  const key = request.headers['idempotency-key']
  const { deadline: signal, traceparent } = request
  if (typeof key !== 'string') return { traceparent, signal }
  const { caller, params, body = null } = request
  if (caller === null) throw new InputError([{ field: 'idempotency-key', message: keyWithoutCaller }])
  const once = {
    caller: caller.id,
    route: `${request.method} ${request.routeOptions.url ?? ''}`,
    key,
    content: { params, body },
  }
  return { traceparent, signal, once }
}

const keyWithoutCaller = 'is not taken on a public route: a key belongs to a caller, and nobody was asked who calls'
