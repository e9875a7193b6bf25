import { MagasinError } from '@magasin/contracts/magasin-error'
import type { HttpServer } from './http-server.ts'

/**
 * Once the server closes, new requests are refused with STOPPING and every answer ends its connection.
 * Also that of a request from before: a caller that keeps its connection, and asks nothing more, would hold up the end for 72 s.
 */
export function refuseWhileStopping(server: HttpServer): void {
  let isStopping = false
  server.addHook('preClose', (done) => {
    isStopping = true
    done()
  })
  server.addHook('onRequest', (_request, _reply, done) => {
    if (!isStopping) return done()
    done(new MagasinError('STOPPING', 'the service is stopping; send the request again, to where it runs next'))
  })
  // oxlint-disable-next-line max-params -- Fastify calls it
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (isStopping) reply.header('connection', 'close')
    done(null, payload)
  })
}
