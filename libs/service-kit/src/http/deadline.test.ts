import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { startServer } from './testing/start-server.ts'

const json = { 'content-type': 'application/json' }
const access = 'public' as const

const post = (url: string, body: string) => fetch(`${url}/users`, { method: 'POST', headers: json, body })

describe('the deadline', () => {
  for (const method of ['GET', 'POST'])
    test(`answers a ${method} whose handler does not, and tells the handler`, async (t) => {
      const aborted = Promise.withResolvers<unknown>()
      const { url } = await startServer(
        t,
        (server) =>
          server.route({
            method,
            url: '/users',
            config: { access },
            handler: ({ deadline: signal }) =>
              new Promise((_, reject) => {
                signal.addEventListener('abort', () => {
                  aborted.resolve(signal.reason)
                  reject(signal.reason as Error)
                })
              }),
          }),
        { deadlineMs: 50 },
      )
      const response = method === 'GET' ? await fetch(`${url}/users`) : await post(url, '{}')
      assert.equal(response.status, 503)
      assert.equal(((await response.json()) as { code: string }).code, 'DEADLINE_EXCEEDED')
      assert.equal(response.headers.get('retry-after'), '1')
      await aborted.promise
    })

  test('is not there yet when a body was read and its handler goes on', async (t) => {
    const { url } = await startServer(t, (server) =>
      server.post('/users', { config: { access } }, async ({ deadline }) => {
        await setImmediate()
        return { aborted: deadline.aborted }
      }),
    )
    assert.deepEqual(await (await post(url, '{}')).json(), { aborted: false })
  })

  test('comes early for a handler whose caller hangs up', async (t) => {
    const entered = Promise.withResolvers<void>()
    const aborted = Promise.withResolvers<void>()
    const { url } = await startServer(t, (server) =>
      server.post('/users', { config: { access } }, async ({ deadline }) => {
        deadline.addEventListener('abort', () => aborted.resolve())
        entered.resolve()
        await aborted.promise
      }),
    )
    const caller = new AbortController()
    const call = fetch(`${url}/users`, { method: 'POST', headers: json, body: '{}', signal: caller.signal })
    await entered.promise
    caller.abort()
    await assert.rejects(call)
    await aborted.promise
  })
})
