import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Type from 'typebox'
import {
  accessFaults,
  bodyUser,
  callerOf,
  hashToken,
  mayCall,
  newToken,
  paramId,
  queryUser,
  registerAccess,
  userCaller,
  type Access,
  type Caller,
} from './access.ts'
import { isLoopback } from './local-requests.ts'
import type { HttpServer } from './http-server.ts'
import { startServer } from './testing/start-server.ts'

const shopCaller: Caller = { id: 'shop', role: 'manager', userId: null }
const tokens = { client: newToken(), other: newToken(), employee: newToken(), manager: newToken() }
const callers = new Map<string, Caller>([
  [tokens.client, userCaller(42, 'client')],
  [tokens.other, userCaller(7, 'client')],
  [tokens.employee, userCaller(8, 'employee')],
  [tokens.manager, shopCaller],
])
const authenticate = async (token: string) => callers.get(token)

const declareRoutes =
  (open: boolean) =>
  (server: HttpServer): void => {
    registerAccess(server, { authenticate, ...(open ? { openAs: shopCaller } : {}) })
    server.get('/public', { config: { access: 'public' } }, async ({ caller }) => ({ caller }))
    server.get(
      '/users/:id',
      { config: { access: { roles: ['employee', 'manager'], own: paramId('id') } } },
      async (request) => callerOf(request),
    )
    server.post(
      '/users',
      { config: { access: { roles: ['manager'] } }, schema: { body: Type.Object({ name: Type.String() }) } },
      async () => ({ created: true }),
    )
  }

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> }

const call = (url: string, token?: string, { headers, ...init }: Init = {}) =>
  fetch(url, { ...init, headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers } })

describe('access', () => {
  const cells = [
    ['/public', undefined, 200],
    ['/users/42', undefined, 401],
    ['/users/42', newToken(), 401],
    ['/users/42', tokens.client, 200],
    ['/users/42', tokens.other, 403],
    ['/users/42', tokens.employee, 200],
    ['/users/42', tokens.manager, 200],
    ['/users/042', tokens.client, 403],
    ['/users/x', tokens.client, 403],
    ['/nowhere', undefined, 404],
  ] as const
  for (const [path, token, status] of cells) {
    const who = token === undefined ? 'nobody' : (callers.get(token)?.id ?? 'a stranger')
    test(`to ${path} for ${who} is answered ${status}`, async (t) => {
      const { url } = await startServer(t, declareRoutes(false))
      const response = await call(url + path, token)
      assert.equal(response.status, status)
      assert.equal(response.headers.get('www-authenticate'), status === 401 ? 'Bearer' : null)
    })
  }

  test('is checked before the body is: a stranger learns nothing of what is wrong with it', async (t) => {
    const { url } = await startServer(t, declareRoutes(false))
    const broken = { method: 'POST', body: '{"na', headers: { 'content-type': 'application/json' } }
    assert.equal((await call(`${url}/users`, undefined, broken)).status, 401)
    assert.equal((await call(`${url}/users`, tokens.client, broken)).status, 403)
    assert.equal((await call(`${url}/users`, tokens.manager, broken)).status, 400)
  })

  for (const header of [
    '',
    'Bearer',
    'Bearer ',
    `Basic ${tokens.manager}`,
    tokens.manager,
    `Bearer ${tokens.manager} x`,
  ])
    test(`is refused to ${JSON.stringify(header.replace(tokens.manager, '…'))}`, async (t) => {
      const { url } = await startServer(t, declareRoutes(false))
      assert.equal((await fetch(`${url}/users/42`, { headers: { authorization: header } })).status, 401)
    })

  test('is everyone’s where the service is open', async (t) => {
    const { url } = await startServer(t, declareRoutes(true))
    assert.deepEqual(await (await call(`${url}/users/42`)).json(), { id: 'shop', role: 'manager', userId: null })
  })

  test('stays closed when the tokens cannot be looked up', async (t) => {
    const { url } = await startServer(t, (server) => {
      registerAccess(server, { authenticate: () => Promise.reject(new Error('database is away')) })
      server.get('/', { config: { access: { roles: ['manager'] } } }, async () => 'secret')
    })
    const response = await call(url, tokens.manager)
    assert.equal(response.status, 500)
    assert.doesNotMatch(await response.text(), /secret/)
  })

  test('is the owner’s if the body, the query or a look tells whose it is, and another’s or nobody’s are refused alike', async (t) => {
    const asked: number[] = []
    const { url } = await startServer(t, (server) => {
      registerAccess(server, { authenticate })
      const ownOf = async ({ params }: { readonly params: unknown }) => {
        const id = Number((params as { readonly id: string }).id)
        asked.push(id)
        return id === 7 ? 42 : id === 8 ? 43 : undefined
      }
      const schema = { body: Type.Object({ user_id: Type.Integer() }) }
      server.get('/things/:id', { config: { access: { roles: ['manager'], ownOf } } }, async () => 'a thing')
      const access = { roles: ['manager'], ownOf: bodyUser('user_id') }
      server.post('/things', { config: { access }, schema }, async () => 'made')
      server.get(
        '/things',
        { config: { access: { roles: ['manager'], ownOf: queryUser('user_id') } } },
        async () => 'all',
      )
    })
    const statusOf = async (path: string, token: string | undefined, body?: string) => {
      const more = body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json' } }
      return (await call(url + path, token, more)).status
    }
    assert.equal(await statusOf('/things/7', tokens.client), 200)
    assert.deepEqual(
      [await statusOf('/things/8', tokens.client), await statusOf('/things/9', tokens.client)],
      [403, 403],
    )
    const looks = asked.length
    assert.equal(await statusOf('/things/9', tokens.manager), 200)
    assert.equal(await statusOf('/things/7', undefined), 401)
    assert.equal(asked.length, looks, 'nobody looks whose it is for one who may, or who is nobody')
    assert.equal(await statusOf('/things', tokens.client, '{"user_id":42}'), 200)
    assert.equal(await statusOf('/things', tokens.client, '{"user_id":43}'), 403)
    assert.equal(await statusOf('/things', undefined, '{"na'), 401)
    assert.equal(await statusOf('/things', tokens.client), 403)
  })

  test('must be declared by every route: one without it is refused by name', async (t) => {
    await assert.rejects(
      startServer(t, (server) => {
        registerAccess(server, { authenticate, openAs: shopCaller })
        server.get('/forgotten', async () => 'open to all')
      }),
      /GET \/forgotten/,
    )
    await assert.rejects(
      startServer(t, (server) => {
        server.get('/too-early', { config: { access: { roles: ['manager'] } } }, async () => 'open to all')
        registerAccess(server, { authenticate, openAs: shopCaller })
      }),
      /GET \/too-early/,
    )
  })

  test('may be told of after the routes: until then a route that is not public is closed, and named', async (t) => {
    const { promise: told, resolve } = Promise.withResolvers<Access>()
    const { url } = await startServer(t, (server) => {
      resolve(registerAccess(server))
      server.get('/secret', { config: { access: { roles: ['manager'] } } }, async () => 'secret')
    })
    const access = await told
    assert.throws(() => access.ensure(), /GET \/secret is not public/)
    assert.equal((await call(`${url}/secret`, tokens.manager)).status, 500)
    access.use({ authenticate })
    access.ensure()
    assert.equal((await call(`${url}/secret`)).status, 401)
    assert.equal((await call(`${url}/secret`, tokens.manager)).status, 200)
    assert.throws(() => access.use({ authenticate }), /one way/)
  })

  test('covers the routes of plugins and the HEAD of every GET', async (t) => {
    const { url, server } = await startServer(t, (of) => {
      registerAccess(of, { authenticate })
      void of.register(
        async (scope) =>
          void scope.get('/inside', { config: { access: { roles: ['manager'] } } }, async () => 'secret'),
      )
    })
    assert.equal((await call(`${url}/inside`)).status, 401)
    assert.equal((await call(`${url}/inside`, undefined, { method: 'HEAD' })).status, 401)
    assert.ok(server.declaredRoutes.some((route) => route.url === '/inside' && route.method === 'HEAD'))
  })

  test('by role and by owner is decided apart from HTTP', () => {
    const client = userCaller(42, 'client')
    const shop: Caller = { id: 's', role: 'client', userId: null }
    assert.ok(mayCall('public', client, undefined))
    assert.ok(mayCall({ roles: ['client'] }, client, undefined))
    assert.ok(mayCall({ roles: [] }, client, 42))
    assert.ok(!mayCall({ roles: [] }, client, 43))
    assert.ok(!mayCall({ roles: [] }, client, undefined))
    assert.ok(!mayCall({ roles: [] }, shop, undefined))
  })
})

describe('a token', () => {
  test('is 256 random bits with a prefix that a scanner knows, and never the same twice', () => {
    assert.match(newToken(), /^mag_[\w-]{43}$/)
    assert.notEqual(newToken(), newToken())
  })

  test('is stored as its SHA-256', () => {
    assert.equal(hashToken('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})

describe('open access', () => {
  test('is for loopback only', () => {
    for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) assert.ok(isLoopback(host), host)
    for (const host of ['0.0.0.0', '::', '192.168.1.2', 'shop.example', '127.0.0.1.example', '128.0.0.1'])
      assert.ok(!isLoopback(host), host)
    assert.deepEqual(accessFaults({ access: 'open', host: '127.0.0.1' }), [])
    assert.deepEqual(accessFaults({ access: 'token', host: '0.0.0.0' }), [])
    assert.match(
      accessFaults({ access: 'open', host: '0.0.0.0' })[0] ?? '',
      /MAGASIN_ACCESS=open needs HOST=127\.0\.0\.1/,
    )
  })
})
