import assert from 'node:assert/strict'
import { request, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'

export interface LabAnswer {
  readonly status: number
  readonly body: unknown
}

/**
 * A client of the lab: sends JSON, and no header but the content type and what HTTP itself asks for; so no token.
 * It remembers what it asked for: a story is whole if that is every request of the lab.
 */
export class LabClient {
  readonly url: string
  readonly asked = new Set<string>()

  constructor(url: string) {
    this.url = url
  }

  /** Sends a request, such as `GET /users/:id`, with what stands in its path. */
  async send(route: string, { at, body }: { readonly at?: unknown; readonly body?: unknown } = {}): Promise<LabAnswer> {
    this.asked.add(route)
    const [method = '', path = ''] = route.split(' ')
    return this.#exchange(method, path.replace(/:\w+$/, String(at)), body)
  }

  async #exchange(method: string, path: string, body: unknown): Promise<LabAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const sent = request(this.url + path, { method, headers: { 'content-type': 'application/json' } }, resolve)
    assert.deepEqual(sent.getHeaderNames().toSorted(), ['content-type', 'host'])
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
    const answer = await promise
    return { status: answer.statusCode ?? 0, body: await json(answer) }
  }
}
