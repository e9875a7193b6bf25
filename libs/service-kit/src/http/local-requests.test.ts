import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, test, type TestContext } from 'node:test'
import { registerAccess, type Caller } from './access.ts'
import type { HttpServer } from './http-server.ts'
import { startServer } from './testing/start-server.ts'

const shopCaller: Caller = { id: 'shop', role: 'manager', userId: null }

const declareRoutes =
  (open: boolean) =>
  (server: HttpServer): void => {
    registerAccess(server, { authenticate: async () => shopCaller, ...(open ? { openAs: shopCaller } : {}) })
    server.get('/', { config: { access: 'public' } }, async () => 'front page')
    server.post('/users', { config: { access: { roles: ['manager'] } } }, async () => 'created')
  }

/** Sends these bytes, since `fetch` writes the Host header itself; resolves with the answer. */
async function exchange(t: TestContext, lines: readonly string[], open = true): Promise<string> {
  const { port } = await startServer(t, declareRoutes(open))
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write([...lines, 'connection: close', '', ''].join('\r\n'))
  return text(socket)
}

const createFrom = (...headers: readonly string[]) => ['POST /users HTTP/1.1', ...headers]

describe('a shop that is open to this machine', () => {
  for (const host of [
    'localhost',
    'localhost:5000',
    'LOCALHOST:5000',
    '127.0.0.1',
    '127.8.8.8:80',
    '[::1]',
    '[::1]:5000',
  ])
    test(`answers a request to ${host}`, async (t) => {
      assert.match(await exchange(t, createFrom(`Host: ${host}`)), /^HTTP\/1\.1 200 /)
    })

  for (const host of [
    'evil.example',
    'evil.example:5000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example@127.0.0.1',
    '192.168.1.2',
    '[::]',
    '0.0.0.0:5000',
    '',
  ])
    test(`refuses a request to ${host === '' ? 'no host' : host}, and says what it answers`, async (t) => {
      const answer = await exchange(t, createFrom(`Host: ${host}`))
      assert.match(answer, /^HTTP\/1\.1 403 /)
      assert.match(answer, /FORBIDDEN.*Host header.*MAGASIN_ACCESS=open answers localhost/)
    })

  test('refuses a request without a Host header, which HTTP/1.0 allows', async (t) => {
    assert.match(await exchange(t, ['POST /users HTTP/1.0']), /^HTTP\/1\.1 403 /)
  })

  test('refuses what is public to others, too, and what there is not', async (t) => {
    for (const path of ['/', '/nowhere'])
      assert.match(await exchange(t, [`GET ${path} HTTP/1.1`, 'Host: evil.example']), /^HTTP\/1\.1 403 /)
  })

  for (const [origin, status] of [
    ['http://localhost:5000', 200],
    ['http://127.0.0.1', 200],
    ['https://[::1]:8443', 200],
    ['http://evil.example', 403],
    ['http://localhost.evil.example', 403],
    ['null', 403],
    ['chrome-extension://localhost', 403],
  ] as const)
    test(`answers ${status} to a page of ${origin}`, async (t) => {
      const answer = await exchange(t, createFrom('Host: 127.0.0.1:5000', `Origin: ${origin}`))
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `))
      if (status === 403) assert.match(answer, /FORBIDDEN.*Origin header/)
    })
})

describe('a shop that asks for tokens', () => {
  test('is called by any name, from any page', async (t) => {
    const lines = createFrom('Host: shop.example', 'Origin: http://pages.example', 'Authorization: Bearer mag_1')
    assert.match(await exchange(t, lines, false), /^HTTP\/1\.1 200 /)
  })
})
