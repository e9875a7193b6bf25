import type { AddressInfo } from 'node:net'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { HttpServer } from './http-server.ts'

export interface ListenOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** The settings to name when it cannot listen; `PORT` and `HOST` by default. */
  readonly settingNames?: { readonly port: string; readonly host: string }
}

/** Where a server listens. */
export interface Listening {
  /** `http://127.0.0.1:5000`, without a slash at the end. */
  readonly url: string
  readonly port: number
}

/** Starts to listen. Throws PORT_IN_USE or PORT_REFUSED, saying which setting to change; the server is then still to be closed. */
export async function listen(server: HttpServer, options: ListenOptions): Promise<Listening> {
  const { host, port } = options
  try {
    await server.listen({ host, port })
  } catch (error) {
    throw asMagasinError(error, options)
  }
  const bound = (server.server.address() as AddressInfo).port
  return { url: `http://${nameInUrl(host)}:${bound}`, port: bound }
}

function asMagasinError(error: unknown, options: ListenOptions): unknown {
  const { host, port, settingNames = { port: 'PORT', host: 'HOST' } } = options
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new MagasinError(
        'PORT_IN_USE',
        `port ${port} on ${host} is in use: stop the program that has it, or set ${settingNames.port} to a free one`,
        { cause: error },
      )
    case 'EACCES':
      return new MagasinError(
        'PORT_REFUSED',
        `this user may not listen on port ${port}: set ${settingNames.port} to 1024 or more`,
        { cause: error },
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new MagasinError(
        'PORT_REFUSED',
        `this machine has no address ${host}: set ${settingNames.host} to one of its own, 127.0.0.1 for this machine alone`,
        { cause: error },
      )
    default:
      return error
  }
}

/** "All addresses" is none that a browser could open; an IPv6 address stands in brackets. */
function nameInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
