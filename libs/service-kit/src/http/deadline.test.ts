import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { MagasinError } from '@magasin/contracts/magasin-error'
import type { LogLines } from '../log/testing/log-lines.ts'
import type { HttpServer } from './http-server.ts'
import { startServer } from './testing/start-server.ts'

const json = { 'content-type': 'application/json' }
const access = 'public' as const

const createUser =
  'POST /users HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'

/** A handler that waits until its deadline, and rejects with the reason. */
function declareWaiting(path = '/users') {
  const entered = Promise.withResolvers<void>()
  const aborted = Promise.withResolvers<unknown>()
  const declare = (server: HttpServer): void => {
    server.post(path, { config: { access } }, async ({ deadline }) => {
      deadline.addEventListener('abort', () => aborted.resolve(deadline.reason))
      entered.resolve()
      throw await aborted.promise
    })
  }
  return { declare, entered: entered.promise, aborted: aborted.promise }
}

const warnings = ({ lines }: LogLines) => lines.filter(({ level }) => Number(level) >= 40).map(({ msg }) => msg)

async function untilAnswered(log: LogLines): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!log.lines.some(({ msg }) => msg === 'answered')) {
    if (performance.now() > deadline) throw new Error('nothing was answered')
    await setImmediate()
  }
}

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

  test('and a handler that heeds it are one answer and one line of the log', async (t) => {
    const { url, log } = await startServer(t, declareWaiting().declare, { deadlineMs: 50 })
    assert.equal((await post(url, '{}')).status, 503)
    await untilAnswered(log)
    assert.deepEqual(warnings(log), ['a request could not be served'])
  })

  for (const [how, hangUp] of [
    ['closes the connection', (socket: Socket) => void socket.destroy()],
    ['closes its half of the connection', (socket: Socket) => void socket.end()],
  ] as const)
    test(`comes early for a handler whose caller ${how}: no failure of the service`, async (t) => {
      const waiting = declareWaiting()
      const { port, log } = await startServer(t, waiting.declare)
      const socket = connect(port, '127.0.0.1')
      socket.write(createUser)
      await waiting.entered
      hangUp(socket)
      assert.equal(((await waiting.aborted) as MagasinError).code, 'DEADLINE_EXCEEDED')
      await setImmediate()
      assert.deepEqual(warnings(log), [])
    })

  test('comes early for every request that a caller sent at once and waits for no more', async (t) => {
    const [first, second] = [declareWaiting('/users'), declareWaiting('/orders')]
    const { port } = await startServer(t, (server) => [first, second].forEach(({ declare }) => declare(server)))
    const socket = connect(port, '127.0.0.1')
    socket.write(createUser + createUser.replace('/users', '/orders'))
    await Promise.all([first.entered, second.entered])
    socket.destroy()
    await Promise.all([first.aborted, second.aborted])
  })

  test('has come already for a handler that asks for it when its caller is gone', async (t) => {
    const entered = Promise.withResolvers<void>()
    const gone = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<boolean>()
    const { port } = await startServer(t, (server) =>
      server.post('/users', { config: { access } }, async (request, reply) => {
        reply.raw.once('close', () => gone.resolve())
        entered.resolve()
        await gone.promise
        asked.resolve(request.deadline.aborted)
      }),
    )
    const socket = connect(port, '127.0.0.1')
    socket.write(createUser)
    await entered.promise
    socket.destroy()
    assert.equal(await asked.promise, true)
  })

  test('does not come for a handler whose answer is out', async (t) => {
    const seen = Promise.withResolvers<AbortSignal>()
    const { url } = await startServer(t, (server) =>
      server.post('/users', { config: { access } }, async ({ deadline }, reply) => {
        reply.raw.once('close', () => seen.resolve(deadline))
        return { done: true }
      }),
    )
    await (await post(url, '{}')).json()
    assert.equal((await seen.promise).aborted, false)
  })
})
