import type { CommandContext, Executed } from '@magasin/event-store/command'
import { callerOf } from '@magasin/service-kit/access'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'

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

type Asked = Pick<
  FastifyRequest,
  'headers' | 'params' | 'body' | 'routeOptions' | 'traceparent' | 'deadline' | 'caller' | 'method'
>

/** The context of the command in a request: its trace, its key if it has one, and how long somebody waits for the answer. */
export function commandContext(request: Asked & FastifyRequest): CommandContext {
  const key = request.headers['idempotency-key']
  const { deadline: signal, traceparent } = request
  if (typeof key !== 'string') return { traceparent, signal }
  const { params, body = null } = request
  const once = {
    caller: callerOf(request).id,
    route: `${request.method} ${request.routeOptions.url ?? ''}`,
    key,
    content: { params, body },
  }
  return { traceparent, signal, once }
}

/** The answer; a header says so where it was given before. */
export function answerOf<Answer>({ answer, repeated }: Executed<Answer>, reply: FastifyReply): Answer {
  if (repeated) reply.header('idempotency-replayed', 'true')
  return answer
}
