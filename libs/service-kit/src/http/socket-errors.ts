import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Socket } from 'node:net'
import { problemMediaType, toProblem } from './problem.ts'

/** Answers what never became a request: bytes that are not HTTP, headers too large, a request that did not arrive in time. */
export function answerSocketError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const problem = toProblem(new MagasinError('BODY_MALFORMED', detailOf(error.code)))
  const body = JSON.stringify(problem)
  socket.end(
    [
      `HTTP/1.1 ${problem.status} Bad Request`,
      `content-type: ${problemMediaType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

function detailOf(code: string | undefined): string {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'the headers are too large'
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'the request did not arrive in time'
    default:
      return 'the bytes received are not an HTTP request'
  }
}
