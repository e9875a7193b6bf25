import { connect, type Socket } from 'node:net'
import { readAnswer, type Answer } from './answer.ts'
import { bytesOf, type Request } from './request.ts'

/** Why a request has no answer. */
export type NoAnswer = 'nobody listens' | 'the connection was closed' | 'nothing came in time'

/** Connections to one server over which bytes go as they are. */
export class Wire {
  readonly #port: number
  readonly #patienceMs: number
  readonly #idle: Socket[] = []

  constructor(url: string, { patienceMs }: { readonly patienceMs: number }) {
    this.#port = Number(new URL(url).port)
    this.#patienceMs = patienceMs
  }

  /** Sends a request and waits for its answer. */
  async exchange(request: Request): Promise<Answer | NoAnswer> {
    const idle = request.isAlone === true ? undefined : this.#idle.pop()
    const socket = idle ?? connect({ port: this.#port, host: '127.0.0.1' })
    socket.setNoDelay(true)
    socket.write(bytesOf(request))
    if (request.cutAt !== undefined || request.isEnded === true) socket.end()
    const read = await this.#answerOn(socket, request.method === 'HEAD')
    const isKept = typeof read !== 'string' && read.isReusable && request.isAlone !== true
    if (isKept) this.#idle.push(socket)
    else socket.destroy()
    return typeof read === 'string' ? read : read.answer
  }

  close(): void {
    for (const socket of this.#idle.splice(0)) socket.destroy()
  }

  #answerOn(socket: Socket, isHead: boolean): Promise<NonNullable<ReturnType<typeof readAnswer>> | NoAnswer> {
    return new Promise((resolve) => {
      let bytes: Buffer = Buffer.alloc(0)
      let isRefused = false
      const settle = (found: NonNullable<ReturnType<typeof readAnswer>> | NoAnswer) => {
        clearTimeout(timer)
        silence(socket)
        // What goes wrong with it from now on concerns nobody.
        socket.on('error', () => undefined)
        socket.on('close', () => this.#forget(socket))
        resolve(found)
      }
      const look = (isEnded: boolean) => {
        const read = readAnswer(bytes, { isHead, isEnded })
        if (read !== undefined) settle(read)
        else if (isEnded) settle(isRefused ? 'nobody listens' : 'the connection was closed')
      }
      const timer = setTimeout(() => settle('nothing came in time'), this.#patienceMs)
      silence(socket)
      socket.on('data', (more: Buffer) => {
        bytes = bytes.length === 0 ? more : Buffer.concat([bytes, more])
        look(false)
      })
      socket.on('error', (error: NodeJS.ErrnoException) => (isRefused = error.code === 'ECONNREFUSED'))
      socket.on('close', () => look(true))
    })
  }

  #forget(socket: Socket): void {
    const at = this.#idle.indexOf(socket)
    if (at !== -1) this.#idle.splice(at, 1)
  }
}

/** No more of our listeners. Node's own stay: it writes what waits when it is connected. */
function silence(socket: Socket): void {
  for (const name of ['data', 'error', 'close']) socket.removeAllListeners(name)
}
