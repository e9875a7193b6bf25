import type { IncomingHttpHeaders } from 'node:http'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { HttpServer } from './http-server.ts'

/** Whether `host`, without port and brackets, names this machine to itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/**
 * Refuses, with FORBIDDEN, every request that was not addressed to this machine by a loopback name.
 * Listening on loopback keeps other machines out, but not web pages: a browser here sends a page's requests to 127.0.0.1 if the page's
 * own name leads there (DNS rebinding). The Host header then still is that name, and Origin, if there is one, tells the page.
 */
export function refuseOtherHosts(server: HttpServer): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const fault = faultOf(request.headers)
    done(fault === undefined ? undefined : new MagasinError('FORBIDDEN', fault))
  })
}

const hint = 'MAGASIN_ACCESS=open answers localhost, 127.x.x.x and [::1] only'

function faultOf({ host, origin }: IncomingHttpHeaders): string | undefined {
  if (!isLocal(host)) return `the Host header names another machine than this one: ${hint}`
  // "null", of a page that hides where it is from, names no machine either.
  if (origin !== undefined && !isLocal(/^https?:\/\/(.*)$/.exec(origin)?.[1]))
    return `the Origin header names a page of another machine: ${hint}`
  return undefined
}

/** `localhost:5000`, `[::1]`, as they stand in Host and in Origin. */
function isLocal(authority: string | undefined): boolean {
  const [, bracketed, plain] = /^(?:\[([\da-f:]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(authority ?? '') ?? []
  return isLoopback((bracketed ?? plain ?? '').toLowerCase())
}
