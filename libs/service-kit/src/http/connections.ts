import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of servers that close together, and what is asked on each. */
export class Connections {
  readonly #asked = new Map<Socket, Set<IncomingMessage>>()

  /** Follows the connections of a server, from before it listens. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.#asked.set(socket, new Set())
      socket.once('close', () => this.#asked.delete(socket))
    })
    server.on('request', (request, response) => {
      const asked = this.#asked.get(request.socket)
      asked?.add(request)
      response.once('close', () => asked?.delete(request))
    })
  }

  /** Cuts those on which nothing is being answered: nobody asked, or the request is not whole. */
  cutUnasked(): void {
    for (const [socket, asked] of this.#asked) if (![...asked].some(({ complete }) => complete)) socket.destroy()
  }

  cutAll(): void {
    for (const socket of this.#asked.keys()) socket.destroy()
  }
}
