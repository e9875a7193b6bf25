import { MagasinError } from '@magasin/contracts/magasin-error'
import type { HttpServer } from './http-server.ts'

/** On the request itself: a WeakMap beside it costs more per request, in garbage collection, than all the rest of this file. */
const kWait = Symbol('magasin.wait')

declare module 'fastify' {
  interface FastifyRequest {
    [kWait]: Wait | null
    /**
     * Aborts when nobody waits for the answer any more, with a DEADLINE_EXCEEDED: at the deadline, or as soon as the caller hangs up,
     * be that by closing its half of the connection. A handler may reject with the reason: nothing else is needed.
     * Does not abort once the answer is out. Hand it to `execute`, so that a command in line is dropped and not carried out unseen.
     * Not Fastify's own `signal`: that one aborts as soon as a body is read, and its `handlerTimeout` ends there (fastify#6725).
     */
    readonly deadline: AbortSignal
  }
}

/** Why a request ended whose caller hung up. One for all of them: under load, callers hang up by the thousand. */
export const callerHungUp = new MagasinError('DEADLINE_EXCEEDED', 'the caller hung up before the answer')

/** Answers every request within `deadlineMs`: with DEADLINE_EXCEEDED if its handler has not answered by then. */
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
      // A handler that heeds the signal answers first; Fastify logs an error for one that rejects after the answer.
      setImmediate(() => {
        if (!reply.sent) reply.send(error)
      })
    }, deadlineMs)
    reply.raw.once('close', () => {
      clearTimeout(timer)
      if (!reply.raw.writableFinished) wait.end(callerHungUp)
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
