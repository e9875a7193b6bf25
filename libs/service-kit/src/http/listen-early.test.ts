import assert from 'node:assert/strict'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { describe, test, type TestContext } from 'node:test'
import { createHealth } from '../health.ts'
import { createLogger } from '../log/logger.ts'
import { createMetrics } from '../metrics.ts'
import { createHttpServer } from './create-http-server.ts'
import { listenEarly } from './listen-early.ts'
import { registerOperationRoutes } from './operation-routes.ts'

const access = 'public' as const
const logger = createLogger({ service: 'test', level: 'silent' })

/** A service that listens, and has not opened its database yet. */
async function startingService(t: TestContext, host = '127.0.0.1') {
  const [health, metrics] = [createHealth(), createMetrics()]
  health.expect({ name: 'database', required: true })
  const port = await listenEarly({ config: { host, port: 0 }, logger, metrics, health })
  t.after(() => port.close())
  /** The server of the opened service, which answers what `reply` resolves with. */
  const open = async (reply: () => Promise<object> = async () => ({ user_id: 1 })) => {
    const server = await createHttpServer({ about: { title: 'Test', description: '', version: '1' }, logger })
    server.post('/users', { config: { access } }, reply)
    registerOperationRoutes(server, { health, metrics })
    health.add({ name: 'database', required: true, check: async () => {} })
    await port.handOver(server)
    return server
  }
  return { ...port, health, open }
}

async function ask(url: string): Promise<readonly [number, unknown]> {
  const response = await fetch(url)
  return [response.status, await response.json()]
}

const create = (url: string) => fetch(`${url}/users`, { method: 'POST' })

describe('a service whose database is being opened', () => {
  test('says that it lives, that it is not ready, and what it waits for', async (t) => {
    const { url } = await startingService(t)
    assert.deepEqual(await ask(`${url}/health-check`), [200, { status: 'ok' }])
    const checks = { database: { status: 'starting' } }
    assert.deepEqual(await ask(`${url}/ready`), [503, { status: 'unavailable', checks }])
    assert.equal((await fetch(`${url}/metrics`)).status, 200)
  })

  test('refuses commands, and says when to come back', async (t) => {
    const { url } = await startingService(t)
    const refused = await create(url)
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1'])
    assert.equal(((await refused.json()) as { code: string }).code, 'STARTING')
  })

  test('lets go of its port when it gives up', async (t) => {
    const { url, close } = await startingService(t)
    await close()
    await assert.rejects(fetch(`${url}/health-check`))
  })
})

describe('a service that has opened its database', () => {
  test('is ready, and takes commands on the port that it held, on the connection that was refused them', async (t) => {
    const { url, port, open } = await startingService(t)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.after(() => agent.destroy())
    const readyOnOneConnection = async () => {
      const { promise, resolve } = Promise.withResolvers<readonly [unknown, number | undefined]>()
      get({ port, agent, path: '/ready' }, (response) => {
        const localPort = response.socket.localPort
        void json(response).then((body) => resolve([(body as { status: string }).status, localPort]))
      })
      return promise
    }
    const [before, connection] = await readyOnOneConnection()
    await open()
    assert.deepEqual([before, await readyOnOneConnection()], ['unavailable', ['ready', connection]])
    const created = await create(url)
    assert.deepEqual([created.status, await created.json()], [200, { user_id: 1 }])
    assert.equal((await fetch(`${url}/nowhere`)).status, 404)
    assert.equal((await fetch(`${url}/openapi.json`)).status, 200)
  })

  test('is degraded while something that it can do without is being opened', async (t) => {
    const { url, health, open } = await startingService(t)
    health.expect({ name: 'log', required: false })
    await open()
    const checks = { log: { status: 'starting' }, database: { status: 'ok' } }
    assert.deepEqual(await ask(`${url}/ready`), [200, { status: 'degraded', checks }])
  })

  test('answers what it was asked before it closes its port', async (t) => {
    const { url, open } = await startingService(t)
    const [entered, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<object>()]
    const server = await open(() => {
      entered.resolve()
      return answer.promise
    })
    const asked = create(url)
    await entered.promise
    let isClosed = false
    const closing = Promise.resolve(server.close()).then(() => (isClosed = true))
    await assert.rejects(fetch(`${url}/health-check`), 'it takes no new connection')
    assert.equal(isClosed, false)
    answer.resolve({ user_id: 1 })
    assert.deepEqual(await (await asked).json(), { user_id: 1 })
    await closing
  })

  for (const [what, bytes] of [
    ['a connection that says nothing', ''],
    ['half a head', 'POST /users HTTP/1.1\r\nhost: a\r\nx-ha'],
    [
      'half a body',
      'POST /users HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"na',
    ],
  ] as const)
    test(
      `is not held up at its end by ${what}, and answers what it was asked whole`,
      { timeout: 20_000 },
      async (t) => {
        const { url, port, open } = await startingService(t)
        const [entered, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<object>()]
        const server = await open(() => {
          entered.resolve()
          return answer.promise
        })
        const stranger = connect(port, '127.0.0.1').on('error', () => {})
        t.after(() => stranger.destroy())
        const cut = once(stranger.resume(), 'close')
        await once(stranger, 'connect')
        stranger.write(bytes)
        const asked = create(url)
        await entered.promise
        const began = performance.now()
        const closing = server.close()
        await cut
        answer.resolve({ user_id: 1 })
        assert.deepEqual(await (await asked).json(), { user_id: 1 })
        await closing
        assert.ok(performance.now() - began < 5_000)
      },
    )

  test('keeps idle connections for as long as any server of ours', async (t) => {
    const { url, open } = await startingService(t)
    await open()
    assert.equal((await create(url)).headers.get('keep-alive'), 'timeout=72')
  })

  test('answers on every address of localhost', async (t) => {
    const { port, open } = await startingService(t, 'localhost')
    await open()
    for (const { address, family } of await lookup('localhost', { all: true }))
      assert.equal((await create(`http://${family === 6 ? `[${address}]` : address}:${port}`)).status, 200, address)
  })
})
