import type { IncomingMessage } from 'node:http'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { HttpServer } from './http-server.ts'

/** Leaves to us what Node would refuse without a word: its answer is empty, and no client of ours reads that. */
export const nodeHeadChecks = { requireHostHeader: false } as const

/** Refuses what HTTP/1.1 refuses by the head alone: a request that names no host, and one that expects what nobody here does. */
export function refuseOddHeads(server: HttpServer): void {
  const { server: node } = server
  node.on('checkExpectation', (request, response) => node.emit('request', request, response))
  server.addHook('onRequest', ({ raw }, _reply, done) => done(faultOf(raw)))
}

// As Node knows it: what matches is answered with 100 Continue already.
const known = /(?:^|\W)100-continue(?:$|\W)/i

/** HTTP/1.0 asks for no host, and says that a server ignores what it does not know. */
function faultOf({ httpVersion, headers }: IncomingMessage): MagasinError | undefined {
  if (httpVersion !== '1.1') return undefined
  if (headers.host === undefined) return new MagasinError('BODY_MALFORMED', 'an HTTP/1.1 request needs a Host header')
  if (headers.expect === undefined || known.test(headers.expect)) return undefined
  return new MagasinError('EXPECTATION_FAILED', 'send no Expect header, or 100-continue: nothing else is known')
}
