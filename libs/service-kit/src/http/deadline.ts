import { MagasinError } from '@magasin/contracts/magasin-error'
import type { HttpServer } from './http-server.ts'

/** On the request itself: a WeakMap beside it costs more per request, in garbage collection, than all the rest of this file. */
const kWait = Symbol('magasin.wait')

declare module 'fastify' {
  interface FastifyRequest {
    [kWait]: Wait | null
    /**
     * Aborts when nobody waits for the answer any more: at the deadline (DEADLINE_EXCEEDED) or when the caller hangs up.
     * Not Fastify's own `signal`: that one aborts as soon as a body is read, and its `handlerTimeout` ends there (fastify#6725).
     */
    readonly deadline: AbortSignal
  }
}

/** Answers every request within `deadlineMs`: with DEADLINE_EXCEEDED where its handler has not answered by then. */
export function registerDeadline(server: HttpServer, deadlineMs: number): void {
  server.decorateRequest(kWait, null)
  server.decorateRequest('deadline', {
    getter() {
      return (this[kWait] ??= new Wait()).signal
    },
  })
  server.addHook('onRequest', (request, reply, done) => {
    const wait = (request[kWait] = new Wait())
    const timer = setTimeout(() => {
      const error = new MagasinError(
        'DEADLINE_EXCEEDED',
        `no answer within ${deadlineMs} ms; the request may still take effect`,
      )
      wait.end(error)
      if (!reply.sent) reply.send(error)
    }, deadlineMs)
    reply.raw.once('close', () => {
      clearTimeout(timer)
      if (!reply.raw.writableFinished) wait.end(new Error('the caller hung up'))
    })
    done()
  })
}

/** Somebody waits for an answer. The signal is made when it is first asked for: most handlers are done before it could matter. */
class Wait {
  #abort: AbortController | undefined
  #reason: Error | undefined

  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#reason !== undefined) this.#abort.abort(this.#reason)
    return this.#abort.signal
  }

  end(reason: Error): void {
    this.#reason ??= reason
    this.#abort?.abort(this.#reason)
  }
}
