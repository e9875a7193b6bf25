import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import Type from 'typebox'
import {
  accessFaults,
  callerOf,
  hashToken,
  mayCall,
  newToken,
  paramId,
  registerAccess,
  userCaller,
  type Access,
  type Caller,
} from './access.ts'
import { isLoopback } from './local-requests.ts'
import type { HttpServer } from './http-server.ts'
import { bodyUser, lookedUp, queryUser } from './owner-of.ts'
import { startServer } from './testing/start-server.ts'

const shopCaller: Caller = { id: 'shop', role: 'manager', userId: null }
const tokens = { client: newToken(), other: newToken(), employee: newToken(), manager: newToken() }
const callers = new Map<string, Caller>([
  [hashToken(tokens.client), userCaller(42, 'client')],
  [hashToken(tokens.other), userCaller(7, 'client')],
  [hashToken(tokens.employee), userCaller(8, 'employee')],
  [hashToken(tokens.manager), shopCaller],
])
const authenticate = async (tokenHash: string) => callers.get(tokenHash)

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
    const who = token === undefined ? 'nobody' : (callers.get(hashToken(token))?.id ?? 'a stranger')
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

/** Loans: 1 is of user 42, 2 of user 7; there is no other. Who was looked up is kept in `asked`. */
function declareLoans(asked: number[], looked: () => Promise<unknown> = async () => undefined) {
  const owners = new Map([
    [1, 42],
    [2, 7],
  ])
  const ownerOf = async (id: number) => {
    asked.push(id)
    await looked()
    return owners.get(id)
  }
  const roles = ['employee']
  const params = Type.Object({ id: Type.Integer() })
  const user = Type.Object({ user_id: Type.Optional(Type.Integer()) })
  return (server: HttpServer): void => {
    registerAccess(server, { authenticate })
    const access = (ownOf: ReturnType<typeof bodyUser>) => ({ config: { access: { roles, ownOf } } })
    server.post('/loans', { ...access(bodyUser('user_id')), schema: { body: user } }, async () => 'lent')
    server.get('/loans', { ...access(queryUser('user_id')), schema: { querystring: user } }, async () => 'all')
    server.get('/unread', access(queryUser('user_id')), async () => 'all')
    server.get('/loans/:id', { ...access(lookedUp(paramId('id'), ownerOf)), schema: { params } }, async (request) => {
      if (!owners.has(request.params.id)) throw new MagasinError('ROUTE_NOT_FOUND', 'no such loan')
      return 'one'
    })
    server.get(
      '/users/:id/loans',
      { config: { access: { roles, own: paramId('id'), ownOf: () => 7 } } },
      async () => 'his',
    )
  }
}

const json = (body: unknown) => ({
  method: 'POST',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

describe('whose it is, if the path does not tell', () => {
  const supplier = newToken()
  callers.set(hashToken(supplier), { id: 'supplier', role: 'supplier', userId: null })
  const cells = [
    ['POST', '/loans', { user_id: 42 }, tokens.client, 200],
    ['POST', '/loans', { user_id: 42 }, tokens.other, 403],
    ['POST', '/loans', { user_id: 42 }, tokens.employee, 200],
    ['POST', '/loans', {}, tokens.client, 403],
    ['POST', '/loans', { user_id: '42' }, tokens.client, 422],
    ['POST', '/loans', '{"user', tokens.client, 400],
    ['POST', '/loans', '{"user', undefined, 401],
    ['POST', '/loans', '{"user', supplier, 403],
    ['GET', '/loans?user_id=42', undefined, tokens.client, 200],
    ['GET', '/loans?user_id=42', undefined, tokens.other, 403],
    ['GET', '/loans', undefined, tokens.client, 403],
    ['GET', '/loans', undefined, tokens.employee, 200],
    ['GET', '/loans?user_id=42&user_id=7', undefined, tokens.client, 422],
    ['GET', '/unread?user_id=42', undefined, tokens.client, 403],
    ['GET', '/loans/1', undefined, tokens.client, 200],
    ['HEAD', '/loans/1', undefined, tokens.other, 403],
    ['GET', '/loans/2', undefined, tokens.employee, 200],
    ['GET', '/loans/3', undefined, tokens.employee, 404],
    ['GET', '/loans/x', undefined, tokens.client, 422],
    ['GET', '/users/42/loans', undefined, tokens.client, 200],
    ['GET', '/users/42/loans', undefined, tokens.other, 200],
    ['GET', '/users/42/loans', undefined, supplier, 403],
  ] as const
  for (const [method, path, body, token, status] of cells) {
    const who = token === undefined ? 'nobody' : callers.get(hashToken(token))!.id
    test(`${method} ${path} ${JSON.stringify(body) ?? ''} of ${who} is answered ${status}`, async (t) => {
      const { url } = await startServer(t, declareLoans([]))
      assert.equal(
        (await call(url + path, token, { ...(body === undefined ? {} : json(body)), method })).status,
        status,
      )
    })
  }

  test('a foreign thing and a missing one are answered alike, so that ids cannot be counted', async (t) => {
    const { url } = await startServer(t, declareLoans([]))
    const [foreign, missing] = await Promise.all([2, 3].map((id) => call(`${url}/loans/${id}`, tokens.client)))
    assert.deepEqual([foreign!.status, missing!.status], [403, 403])
    assert.equal(await foreign!.text(), await missing!.text())
  })

  test('is looked up for a user whose role does not suffice, and for nobody else', async (t) => {
    const asked: number[] = []
    const { url } = await startServer(t, declareLoans(asked))
    for (const token of [undefined, newToken(), supplier, tokens.employee]) await call(`${url}/loans/1`, token)
    await call(`${url}/loans/x`, tokens.client)
    assert.deepEqual(asked, [])
    await call(`${url}/loans/1`, tokens.client)
    assert.deepEqual(asked, [1])
  })

  test('stays closed when it cannot be looked up', async (t) => {
    const away = () => Promise.reject(new MagasinError('STORE_UNAVAILABLE', 'the database is away'))
    const { url } = await startServer(t, declareLoans([], away))
    assert.equal((await call(`${url}/loans/1`, tokens.client)).status, 503)
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
