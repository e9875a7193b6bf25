import type { HttpServer } from '@magasin/service-kit/http-server'
import type { RouteOptions } from 'fastify'
import { consistencyTokenHeader } from './consistency-token.ts'
import { onceOnlyHeaders } from './run-command.ts'

const answerHeaders = {
  [consistencyTokenHeader]: {
    type: 'string',
    description:
      'what the command recorded: a report that is asked with it has seen the command; none if it recorded nothing',
  },
  'idempotency-replayed': {
    type: 'string',
    const: 'true',
    description: 'the answer was given before, under this Idempotency-Key',
  },
}

/** Has the reference say which headers `runCommand` answers with, for the routes declared from now on that take an Idempotency-Key. */
export function describeCommands(server: HttpServer): void {
  server.addHook('onRoute', (route) => {
    if (route.schema?.headers === onceOnlyHeaders) route.schema = { ...route.schema, response: described(route) }
  })
}

interface Answer {
  readonly headers?: object
}

function described({ schema }: RouteOptions): Record<string, unknown> {
  const responses = Object.entries((schema?.response ?? {}) as Readonly<Record<string, Answer>>)
  return Object.fromEntries(
    responses.map(([status, one]) => [
      status,
      status.startsWith('2') ? { ...one, headers: { ...one.headers, ...answerHeaders } } : one,
    ]),
  )
}
