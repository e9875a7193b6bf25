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

/** Starts to listen. Throws PORT_IN_USE or PORT_REFUSED, saying which setting to change. */
export async function listen(_server: HttpServer, _options: ListenOptions): Promise<Listening> {
  throw new Error('being written')
}
