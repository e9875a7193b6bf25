import { setTimeout as pause } from 'node:timers/promises'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { HttpServer } from '@magasin/service-kit/http-server'
import Type from 'typebox'
import { callerRoles } from '../access/caller-role.ts'

const params = Type.Object({
  seconds: Type.String({
    pattern: '^(?:[1-5]?\\d(?:\\.\\d{1,3})?|60(?:\\.0{1,3})?)$',
    description: '0 to 60, with three decimals at most',
    examples: ['2'],
  }),
})

/**
 * The lab's experiment with timeouts: an answer that takes its time. It ends early if its caller hangs up, at the deadline of every
 * request with DEADLINE_EXCEEDED, and with STOPPING while the service stops: it has nothing to finish.
 */
export function registerSlowRoute(server: HttpServer): void {
  const stopping = new AbortController()
  server.addHook('preClose', (done) => {
    stopping.abort(new MagasinError('STOPPING', 'the service is stopping; this answer was still to take its time'))
    done()
  })
  server.get(
    '/test/slow/:seconds',
    {
      config: { access: { roles: callerRoles } },
      schema: {
        tags: ['test'],
        summary: 'Answer after that many seconds',
        description: 'To see what a timeout does. Like every request it is answered at its deadline, if not before.',
        params,
        response: { 200: Type.Object({ seconds: Type.Number() }, { examples: [{ seconds: 2 }] }) },
      },
    },
    async (request) => {
      const seconds = Number(request.params.seconds)
      const signal = AbortSignal.any([request.deadline, stopping.signal])
      await pause(seconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted())
      return { seconds }
    },
  )
}
