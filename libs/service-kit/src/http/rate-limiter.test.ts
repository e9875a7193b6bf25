import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { createHealth } from '../health.ts'
import { createMetrics } from '../metrics.ts'
import { newToken, registerAccess, userCaller, type Caller } from './access.ts'
import { registerOperationRoutes } from './operation-routes.ts'
import { RateLimiter } from './rate-limiter.ts'
import { startServer } from './testing/start-server.ts'

const tokens = { ada: newToken(), alan: newToken(), shop: newToken(), supplier: newToken() }
const callers = new Map<string, Caller>([
  [tokens.ada, userCaller(1, 'client')],
  [tokens.alan, userCaller(2, 'client')],
  [tokens.shop, { id: 'shop', role: 'manager', userId: null }],
  [tokens.supplier, { id: 'supplier', role: 'supplier', userId: null, isLimited: true }],
])
const roles = ['client', 'manager', 'supplier']

/** A service with one route for callers; `ask` asks for it from an address of another machine, unless told. */
async function open(t: TestContext, rateLimit: number, { addressRateLimit = 0, isOpen = false } = {}) {
  let looks = 0
  const { server } = await startServer(t, (of) => {
    const authenticate = async (token: string) => (looks++, callers.get(token))
    const openAs = isOpen ? { openAs: callers.get(tokens.shop)! } : {}
    registerAccess(of, { authenticate, ...openAs }).limitBy(new RateLimiter({ rateLimit, addressRateLimit }))
    of.get('/', { config: { access: { roles } } }, async () => 'known')
    of.get('/staff', { config: { access: { roles: ['manager'] } } }, async () => 'staff')
    registerOperationRoutes(of, { health: createHealth(), metrics: createMetrics() })
  })
  const ask = async (token: string | undefined, remoteAddress = '203.0.113.7', url = '/') => {
    const headers = { host: 'localhost', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
    return server.inject({ url, remoteAddress, headers })
  }
  const statuses = async (times: number, ...request: Parameters<typeof ask>) => {
    const answers = []
    for (let i = 0; i < times; i++) answers.push((await ask(...request)).statusCode)
    return answers
  }
  return { ask, statuses, looks: () => looks }
}

describe('the limit of a caller', () => {
  test('is said with every answer, and beyond it with 429, a problem and when to come back', async (t) => {
    const { ask } = await open(t, 2)
    const [first, second, third] = [await ask(tokens.ada), await ask(tokens.ada), await ask(tokens.ada)]
    assert.deepEqual(
      [first, second, third].map(({ statusCode }) => statusCode),
      [200, 200, 429],
    )
    assert.equal(first.headers['ratelimit-policy'], '"caller";q=2;w=60')
    assert.equal(first.headers['ratelimit'], '"caller";r=1;t=30')
    assert.equal(first.headers['retry-after'], undefined)
    assert.equal(third.headers['ratelimit-policy'], '"caller";q=2;w=60')
    assert.match(String(third.headers['ratelimit']), /^"caller";r=0;t=(59|60)$/)
    assert.match(String(third.headers['retry-after']), /^(29|30)$/)
    assert.match(String(third.headers['content-type']), /^application\/problem\+json/)
    assert.equal(third.json().code, 'RATE_LIMITED')
  })

  test('is each caller’s own, whatever its addresses and whatever it asks for', async (t) => {
    const { statuses } = await open(t, 2)
    assert.deepEqual(await statuses(1, tokens.ada, '203.0.113.1'), [200])
    assert.deepEqual(await statuses(1, tokens.ada, '203.0.113.2', '/staff'), [403])
    assert.deepEqual(await statuses(1, tokens.ada, '203.0.113.3'), [429])
    assert.deepEqual(await statuses(1, tokens.alan, '203.0.113.3'), [200])
  })

  test('does not hold for a program of the shop’s own, but for a token that was given to an outsider', async (t) => {
    const { ask, statuses } = await open(t, 2)
    assert.deepEqual(new Set(await statuses(20, tokens.shop)), new Set([200]))
    assert.equal((await ask(tokens.shop)).headers['ratelimit-policy'], undefined)
    assert.deepEqual(await statuses(3, tokens.supplier), [200, 200, 429])
  })

  test('does not hold for what tells how the service is, nor where it is open, nor if it is 0', async (t) => {
    const limited = await open(t, 1, { addressRateLimit: 1 })
    for (const path of ['/health-check', '/ready', '/metrics'])
      assert.deepEqual(await limited.statuses(3, undefined, undefined, path), [200, 200, 200], path)
    assert.deepEqual(await (await open(t, 1, { isOpen: true })).statuses(3, undefined), [200, 200, 200])
    assert.deepEqual(await (await open(t, 0)).statuses(3, tokens.ada), [200, 200, 200])
  })
})

describe('the limit of an address', () => {
  test('counts invalid tokens; once it is spent no token is looked up from there, and others are not touched', async (t) => {
    const { ask, statuses, looks } = await open(t, 0, { addressRateLimit: 2 })
    assert.equal((await ask(newToken())).headers['ratelimit'], '"address";r=1;t=30')
    assert.deepEqual(await statuses(1, undefined), [401])
    const before = looks()
    const refused = await ask(tokens.ada)
    assert.equal(refused.statusCode, 429)
    assert.equal(refused.headers['ratelimit-policy'], '"address";q=2;w=60')
    assert.match(String(refused.headers['retry-after']), /^(29|30)$/)
    assert.equal(looks(), before)
    assert.deepEqual(await statuses(3, tokens.ada, '203.0.113.8'), [200, 200, 200])
  })

  test('counts nothing for a valid token: who overdraws his budget shuts out nobody else', async (t) => {
    const { statuses } = await open(t, 2, { addressRateLimit: 1 })
    assert.deepEqual(await statuses(5, tokens.ada), [200, 200, 429, 429, 429])
    assert.deepEqual(await statuses(1, tokens.alan), [200])
    assert.deepEqual(await statuses(1, tokens.shop), [200])
  })

  for (const [what, first, second, isSame] of [
    ['an IPv6 network of 64 bits', '2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['another IPv6 network', '2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['zeros that are written and left out', '2001:db8::1', '2001:db8:0:0:1::1', true],
    ['an IPv4 address in IPv6', '::ffff:203.0.113.9', '203.0.113.9', true],
    ['another IPv4 address in IPv6', '::ffff:203.0.113.9', '::ffff:203.0.113.10', false],
  ] as const)
    test(`is one for ${what}: ${isSame}`, async (t) => {
      const { statuses } = await open(t, 0, { addressRateLimit: 1 })
      assert.deepEqual(await statuses(1, undefined, first), [401])
      assert.deepEqual(await statuses(1, tokens.ada, second), [isSame ? 429 : 200])
    })

  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
    test(`does not hold for ${address}: programs of this machine, and a proxy on it, are many callers`, async (t) => {
      const { statuses } = await open(t, 0, { addressRateLimit: 1 })
      assert.deepEqual(await statuses(3, undefined, address), [401, 401, 401])
      assert.deepEqual(await statuses(1, tokens.ada, address), [200])
    })
})
