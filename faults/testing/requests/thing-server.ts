import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readDocument, type ApiDocument, type OpenApi, type Operation } from './document.ts'
import { parseJson } from './parse-json.ts'

/** What a server is about to answer; a plant may spoil it. */
export interface Draft {
  readonly status: number
  readonly type: string
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

/** What a planted server does to its n-th answer, the health checks left out unless `isHealth`. */
export interface Plant {
  readonly answer?: (
    draft: Draft,
    asked: { readonly n: number; readonly method: string; readonly path: string; readonly isHealth: boolean },
  ) => Draft | 'say nothing' | 'hang up' | 'die'
  /** It takes any body and any parameter. */
  readonly isCareless?: boolean
  /** It records a command also when it refuses it. */
  readonly recordsRefused?: boolean
}

export interface ThingServer {
  readonly url: string
  readonly document: ApiDocument
  countCommands(): Promise<number>
}

const problem = {
  type: 'object',
  required: ['status', 'code'],
  properties: { status: { type: 'integer' }, code: { type: 'string' } },
}
const thing = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } }
const answers = (status: string, schema: object) => ({
  [status]: { content: { 'application/json': { schema } } },
  default: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
})
const newThing = {
  type: 'object',
  required: ['name', 'size'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 20 },
    size: { type: 'integer', minimum: 1, maximum: 9 },
  },
  additionalProperties: false,
}

/** A server of things, as OpenAPI tells of it. */
export const thingApi = {
  components: { schemas: { Problem: problem } },
  paths: {
    '/things': {
      post: {
        requestBody: { content: { 'application/json': { schema: newThing } } },
        responses: answers('201', { ...thing, required: ['thing_id'], properties: { thing_id: { type: 'integer' } } }),
      },
      get: {
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 9 } }],
        responses: answers('200', {
          type: 'object',
          required: ['things'],
          properties: { things: { type: 'array', items: thing } },
        }),
      },
    },
    '/things/{id}': {
      get: {
        parameters: [{ name: 'id', in: 'path', schema: { type: 'integer', minimum: 1, maximum: 1_000_000 } }],
        responses: answers('200', thing),
      },
    },
    '/health-check': { get: { responses: answers('200', { type: 'object', required: ['status'] }) } },
  },
} as unknown as OpenApi

/** Starts a server that does as its document says, except for what is planted. It stops when the test ends. */
export async function startThingServer(t: { after(done: () => unknown): void }, plant: Plant): Promise<ThingServer> {
  const document = readDocument(thingApi)
  const things = new Things(document, plant)
  let n = 0
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request)
    const path = request.url!.split('?')[0]!
    const isHealth = path === '/health-check'
    const draft = things.answer(request, body)
    const asked = { n: isHealth ? n : n++, method: request.method!, path, isHealth }
    const found = plant.answer?.(draft, asked) ?? draft
    if (found === 'hang up') request.socket.destroy()
    if (found === 'die') die(server)
    if (typeof found === 'string') return
    const text = typeof found.body === 'string' ? found.body : JSON.stringify(found.body)
    response.writeHead(found.status, { 'content-type': found.type, ...found.headers }).end(text)
  }
  const server = createServer({ requireHostHeader: false }, (request, response) => void answer(request, response))
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response))
  server.on('clientError', (_, socket) => {
    const text = JSON.stringify({ status: 400, code: 'BAD' })
    socket.end(
      `HTTP/1.1 400 Bad\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => die(server))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, document, countCommands: async () => things.commands }
}

function die(server: Server): void {
  server.close()
  server.closeAllConnections()
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    // It was cut: nobody waits for an answer.
  }
  return Buffer.concat(chunks).toString('utf8')
}

class Things {
  readonly #operations: readonly Operation[]
  readonly #plant: Plant
  commands = 0

  constructor({ operations }: ApiDocument, plant: Plant) {
    this.#operations = operations
    this.#plant = plant
  }

  answer({ method, url, complete }: IncomingMessage, body: string): Draft {
    const [path = '', query = ''] = url!.split('?')
    const id = /^\/things\/(.+)$/.exec(path)?.[1]
    if (method === 'GET' && path === '/health-check') return sound(200, { status: 'well' })
    if (method === 'GET' && path === '/things') return this.#list(query)
    if (method === 'GET' && id !== undefined) return this.#isId(id) ? sound(200, { id: Number(id) }) : refused(404)
    if (method === 'POST' && path === '/things' && complete) return this.#create(body)
    return refused(404)
  }

  #isId(text: string): boolean {
    return this.#plant.isCareless === true || (/^[1-9]\d{0,6}$/.test(text) && Number(text) <= 1_000_000)
  }

  #list(query: string): Draft {
    const limits = query.split('&').filter((part) => part.startsWith('limit='))
    const isSound = this.#plant.isCareless === true || limits.every((part) => /^limit=[1-9]$/.test(part))
    return isSound ? sound(200, { things: [{ id: 1 }] }) : refused(422)
  }

  #create(body: string): Draft {
    const isSound = this.#plant.isCareless === true || this.#accepts(body)
    if (isSound || this.#plant.recordsRefused === true) this.commands++
    if (!isSound) return refused(422)
    return { ...sound(201, { thing_id: this.commands }), headers: { 'consistency-token': String(this.commands) } }
  }

  #accepts(body: string): boolean {
    return this.#operations.find(({ name }) => name === 'POST /things')!.acceptsBody!(parseJson(body))
  }
}

const sound = (status: number, body: unknown): Draft => ({ status, type: 'application/json', body, headers: {} })

/** A problem, as the document says. */
export const refused = (status: number): Draft => ({
  status,
  type: 'application/problem+json',
  body: { status, code: 'REFUSED' },
  headers: {},
})
