import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/**
 * The id under which a request is logged and answered: the caller's `x-request-id`, so that it can follow its request through us, if
 * it is short and plain. Anything else could break a log line or carry an address of a person into it.
 */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}
