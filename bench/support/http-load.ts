import { connect } from 'node:net'

export interface LoadRequest {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** The status that the answer must have; any other fails the run. */
  readonly expects: number
}

export interface LoadOptions {
  readonly port: number
  /** How many connections ask, each its next request when its last is answered. */
  readonly clients: number
  /** The i-th request, from 0; undefined ends the run. */
  readonly request: (i: number) => LoadRequest | undefined
  /** Sends at most so many a second, evenly; without it, as fast as answers come. */
  readonly ratePerSecond?: number
}

export interface LoadResult {
  readonly seconds: number
  /** Of the i-th request, in ms: at a given rate from when it was due, so that a stall counts for all who had to wait for it. */
  readonly latenciesMs: readonly number[]
  /** What the load itself took of the processors. */
  readonly clientCpuSeconds: number
}

/**
 * Asks a server on this machine over keep-alive connections. Written on bare sockets, because the load has only the processors that
 * the server leaves it: a request costs this client 18 µs, autocannon 9 some 35 to 50, node:http 70.
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { clients, request, ratePerSecond } = options
  const latenciesMs: number[] = []
  const started = performance.now()
  const cpu = process.cpuUsage()
  let sent = 0
  const client = async (): Promise<void> => {
    const connection = await openConnection(options.port)
    try {
      for (let i = sent++, next = request(i); next !== undefined; i = sent++, next = request(i)) {
        const due = ratePerSecond === undefined ? undefined : started + (i * 1_000) / ratePerSecond
        if (due !== undefined) await until(due)
        const from = due ?? performance.now()
        const answer = await connection.ask(textOf(next))
        latenciesMs[i] = performance.now() - from
        if (!answer.startsWith(`HTTP/1.1 ${next.expects} `)) throw unexpected(next, answer)
      }
    } finally {
      connection.close()
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: (performance.now() - started) / 1_000, latenciesMs, clientCpuSeconds: (user + system) / 1e6 }
}

interface Connection {
  /** Sends a request, and resolves with the whole answer. */
  ask(text: string): Promise<string>
  close(): void
}

async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true }).setEncoding('utf8')
  let answer = ''
  let waiting: PromiseWithResolvers<string> | undefined
  const opened = Promise.withResolvers<void>()
  socket.once('connect', () => opened.resolve())
  socket.on('error', (error) => (opened.reject(error), waiting?.reject(error)))
  socket.on('close', () => waiting?.reject(new Error('the server closed the connection before it answered')))
  socket.on('data', (text: string) => {
    answer += text
    if (!isWhole(answer)) return
    const whole = answer
    answer = ''
    waiting?.resolve(whole)
  })
  await opened.promise
  return {
    ask(text) {
      waiting = Promise.withResolvers()
      socket.write(text)
      return waiting.promise
    },
    close: () => void socket.destroy(),
  }
}

/** Our answers all say how long they are. */
function isWhole(answer: string): boolean {
  const head = answer.indexOf('\r\n\r\n')
  if (head === -1) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1]
  if (length === undefined) throw new Error('an answer without content-length cannot be measured')
  return Buffer.byteLength(answer) >= head + 4 + Number(length)
}

function textOf({ method, path, headers = {}, body }: LoadRequest): string {
  const content = body === undefined ? '' : JSON.stringify(body)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const about =
    body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(content)}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join('')}${about}\r\n${content}`
}

/** Timers wait whole milliseconds and may be early: what is left is too little to matter beside what is measured. */
function until(due: number): Promise<void> | undefined {
  const ms = due - performance.now()
  return ms < 1 ? undefined : new Promise((resolve) => setTimeout(resolve, ms))
}

function unexpected({ method, path, expects }: LoadRequest, answer: string): Error {
  return new Error(`${method} ${path} was to be answered with ${expects}, and was with:\n${answer}`)
}
