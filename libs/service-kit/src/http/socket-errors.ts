import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { problemMediaType, toProblem } from './problem.ts'

/** Answers bytes that never became a request: not HTTP, headers too large, or not there in time. */
export function answerSocketError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const told = errorFor(error.code)
  const problem = toProblem(told)
  const retryAfterS = told.kind.http?.retryAfterS
  const body = JSON.stringify(problem)
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      `content-type: ${problemMediaType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      ...(retryAfterS === undefined ? [] : [`retry-after: ${retryAfterS}`]),
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

function errorFor(code: string | undefined): MagasinError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new MagasinError('BODY_MALFORMED', 'the headers are too large')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      // Not a 4xx: if this process was suspended, the process is late, not the caller. Nothing was decided, so the caller may send it again.
      return new MagasinError('DEADLINE_EXCEEDED', 'the request did not arrive in time')
    default:
      return new MagasinError('BODY_MALFORMED', 'the bytes received are not an HTTP request')
  }
}
