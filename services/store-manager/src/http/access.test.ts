import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newToken } from '@magasin/service-kit/access'
import { UserType } from '@magasin/shop-contracts/user-types'
import { startStore, type RunningStore, type SendOptions } from '../testing/start-store.ts'

/** Everybody who may knock at the door, by what they hold. */
const callers = [
  'nobody', // no token
  'stranger', // a token that was never given out
  'revoked', // a manager's token that was revoked
  'gone', // the token of a manager who was deleted
  'client',
  'employee',
  'manager',
  'shop', // the shop's own manager, who is no user
  'supplier', // who is no user either
] as const

type CallerName = (typeof callers)[number]

type Expected = readonly [number, number, number, number, number, number, number, number, number]

const everybody: Expected = [200, 200, 200, 200, 200, 200, 200, 200, 200]

/**
 * The whole of it: what is asked × who asks → the status. `own` is the caller's user, `foreign` another one (a client), `missing` nobody.
 * Who is no user has no own one; that cell is asked with a foreign one.
 */
const table: Readonly<Record<string, Expected>> = {
  //                         nobody stranger revoked gone client employee manager shop supplier
  'GET /': everybody,
  'GET /docs': everybody,
  'GET /docs/': everybody,
  'GET /docs/json': everybody,
  'GET /docs/yaml': everybody,
  'GET /docs/static/index.html': everybody,
  'GET /docs/static/swagger-initializer.js': everybody,
  'GET /docs/static/*': everybody,
  'GET /openapi.json': everybody,
  'GET /.well-known/jwks.json': everybody,
  'GET /.well-known/revoked-tokens.json': everybody,
  'GET /health-check': everybody,
  'GET /ready': everybody,
  'GET /metrics': everybody,
  'POST /users a client': /*    */ [401, 401, 401, 401, 403, 201, 201, 201, 403],
  'POST /users an employee': /* */ [401, 401, 401, 401, 403, 403, 201, 201, 403],
  'POST /users a manager': /*   */ [401, 401, 401, 401, 403, 403, 201, 201, 403],
  'POST /users nonsense': /*    */ [401, 401, 401, 401, 403, 422, 422, 422, 403],
  'GET /users': /*              */ [401, 401, 401, 401, 403, 200, 200, 200, 403],
  'GET /users/:id own': /*      */ [401, 401, 401, 401, 200, 200, 200, 200, 403],
  'GET /users/:id foreign': /*  */ [401, 401, 401, 401, 403, 200, 200, 200, 403],
  'GET /users/:id missing': /*  */ [401, 401, 401, 401, 403, 404, 404, 404, 403],
  'DELETE /users/:id own': /*   */ [401, 401, 401, 401, 403, 403, 200, 200, 403],
  'DELETE /users/:id foreign': /**/ [401, 401, 401, 401, 403, 403, 200, 200, 403],
  'DELETE /users/:id missing': /**/ [401, 401, 401, 401, 403, 403, 404, 404, 403],
  'POST /products new': /*      */ [401, 401, 401, 401, 403, 201, 201, 201, 403],
  'GET /products': /*           */ [401, 401, 401, 401, 200, 200, 200, 200, 200],
  'GET /products/:id product': /**/ [401, 401, 401, 401, 200, 200, 200, 200, 200],
  'DELETE /products/:id product': [401, 401, 401, 401, 403, 403, 200, 200, 403],
  'DELETE /products/:id missing': [401, 401, 401, 401, 403, 403, 404, 404, 403],
  'POST /stocks count': /*      */ [401, 401, 401, 401, 403, 201, 201, 201, 403],
  'GET /stocks': /*             */ [401, 401, 401, 401, 403, 200, 200, 200, 200],
  'GET /stocks/:product_id product': [401, 401, 401, 401, 200, 200, 200, 200, 200],
  'GET /test/slow/:seconds instant': [401, 401, 401, 401, 200, 200, 200, 200, 200],
  'GET /stocks/reports/overview-stocks': [401, 401, 401, 401, 403, 200, 200, 200, 200],
  'POST /stocks/graphql-query question': [401, 401, 401, 401, 403, 200, 200, 200, 200],
  'POST /orders own order': /*  */ [401, 401, 401, 401, 201, 201, 201, 201, 403],
  'POST /orders foreign order': [401, 401, 401, 401, 403, 201, 201, 201, 403],
  'POST /orders nonsense': /*   */ [401, 401, 401, 401, 422, 422, 422, 422, 403],
  'PUT /orders own payment': /* */ [401, 401, 401, 401, 403, 200, 200, 200, 403],
  'GET /orders': /*             */ [401, 401, 401, 401, 403, 200, 200, 200, 403],
  'GET /orders own list': /*    */ [401, 401, 401, 401, 200, 200, 200, 200, 403],
  'GET /orders foreign list': /**/ [401, 401, 401, 401, 403, 200, 200, 200, 403],
  'GET /orders/reports/highest-spenders': [401, 401, 401, 401, 403, 200, 200, 200, 403],
  'GET /orders/reports/best-sellers': [401, 401, 401, 401, 403, 200, 200, 200, 403],
  'GET /orders/:id own placed': /**/ [401, 401, 401, 401, 200, 200, 200, 200, 403],
  'GET /orders/:id foreign placed': [401, 401, 401, 401, 403, 200, 200, 200, 403],
  'GET /orders/:id missing': /* */ [401, 401, 401, 401, 403, 404, 404, 404, 403],
  'DELETE /orders/:id own placed': [401, 401, 401, 401, 200, 200, 200, 200, 403],
  'DELETE /orders/:id foreign placed': [401, 401, 401, 401, 403, 200, 200, 200, 403],
  'DELETE /orders/:id missing': /**/ [401, 401, 401, 401, 403, 404, 404, 404, 403],
}

const missing = 999_999

let running: RunningStore
const cleanUp: (() => unknown)[] = []
before(async () => {
  running = await startStore({ after: (done) => cleanUp.unshift(done) }, { testRoutes: 'on' })
  await running.caughtUp()
})
after(async () => {
  for (const done of cleanUp) await done()
})

/** A caller as it stands, new for each cell: some cells delete it. */
async function newCaller(name: CallerName): Promise<{ readonly token: string | null; readonly own?: number }> {
  const { createUser, tokenOf, store, manager, send } = running
  switch (name) {
    case 'nobody':
      return { token: null }
    case 'stranger':
      return { token: newToken() }
    case 'revoked': {
      const { id, token } = await store.tokens.create('manager')
      await store.tokens.revoke(id)
      return { token }
    }
    case 'gone': {
      const user = await createUser({ user_type_id: UserType.manager })
      const token = await tokenOf(user)
      await send(`DELETE /users/${user}`)
      return { token }
    }
    case 'supplier':
      return { token: (await store.tokens.create({ supplier: 'acme-toys' })).token }
    case 'shop':
      return { token: manager }
    default: {
      const own = await createUser({ user_type_id: UserType[name] })
      return { token: await tokenOf(own), own }
    }
  }
}

let addresses = 0
const person = (user_type_id: number) => ({
  body: { name: 'Grace Hopper', email: `grace.${++addresses}@example.com`, user_type_id },
})

type Asked = SendOptions & { readonly id?: number; readonly query?: string }

/** What is sent for the case of a route. */
async function requestFor(subject: string, own: number | undefined): Promise<Asked> {
  const [whose, what] = subject.split(' ')
  const { createUser, createProduct, placeOrder } = running
  const owner = async () => (whose === 'own' && own !== undefined ? own : createUser())
  switch (what) {
    case 'order':
      return { body: { user_id: await owner(), items: [{ product_id: await createProduct(), quantity: 1 }] } }
    case 'payment':
      return { body: { order_id: await placeOrder(await owner()), is_paid: true } }
    case 'list':
      return { query: `?user_id=${await owner()}` }
    case 'placed':
      return { id: await placeOrder(await owner()) }
    default:
      return simpleRequestFor(subject, own)
  }
}

async function simpleRequestFor(subject: string, own: number | undefined): Promise<Asked> {
  switch (subject) {
    case 'new':
      return { body: { name: 'Gadget XYZ', sku: `GG${++addresses}`, price: 5.75 } }
    case 'count':
      return { body: { product_id: await running.createProduct(), quantity: 7 } }
    case 'question':
      return { body: { query: '{ lowStock(threshold: 1) { next } }' } }
    case 'product':
      return { id: await running.createProduct() }
    case 'a client':
      return person(UserType.client)
    case 'an employee':
      return person(UserType.employee)
    case 'a manager':
      return person(UserType.manager)
    case 'nonsense':
      return { body: { name: '' } }
    case 'own':
      return { id: own ?? (await running.createUser()) }
    case 'foreign':
      return { id: await running.createUser() }
    case 'instant':
      return { id: 0 }
    case 'missing':
      return { id: missing }
    default:
      return {}
  }
}

const routeOf = (row: string) => row.split(' ').slice(0, 2).join(' ')

describe('access', () => {
  for (const [row, expected] of Object.entries(table))
    for (const [i, caller] of callers.entries())
      test(`to ${row} is answered ${expected[i]} for ${caller}`, async () => {
        const { token, own } = await newCaller(caller)
        const { id, query = '', ...options } = await requestFor(row.split(' ').slice(2).join(' '), own)
        const request = routeOf(row).replace(/:\w+/, String(id)).replace('*', 'swagger-ui.css') + query
        const earlier = await running.countEvents()
        const answer = await running.send(request, { token, ...options })
        assert.equal(answer.status, expected[i], answer.text)
        assert.equal(answer.headers.get('www-authenticate'), expected[i] === 401 ? 'Bearer' : null)
        const hasChanged = (await running.countEvents()) > earlier
        assert.equal(hasChanged, expected[i]! < 300 && !/^GET|graphql/.test(row))
      })

  test('is said in the table for every route that is declared, and for no other', () => {
    const declared = running.routes.flatMap((route) => {
      const [methods = '', url = ''] = route.split(' ')
      return methods.split(',').map((method) => `${method === 'HEAD' ? 'GET' : method} ${url}`)
    })
    assert.deepEqual([...new Set(declared)].toSorted(), [...new Set(Object.keys(table).map(routeOf))].toSorted())
  })

  test('to HEAD is the access to GET: it is no way around', async () => {
    for (const [token, status] of [
      [null, 401],
      [running.manager, 200],
    ] as const)
      for (const path of ['/users', `/users/${await running.createUser()}`])
        assert.equal((await running.send(`HEAD ${path}`, { token })).status, status, path)
  })

  test('is decided before the body is read: a stranger is not told what is wrong with it', async () => {
    const answer = await running.send('POST /users', { token: null, text: '{"na' })
    assert.equal(answer.status, 401)
    const own = await running.createUser()
    const client = await running.send('POST /users', { token: await running.tokenOf(own), text: '{"na' })
    assert.equal(client.status, 403)
  })

  test('refused for a type under an Idempotency-Key leaves the key free', async () => {
    const { token } = await newCaller('employee')
    const headers = { 'idempotency-key': 'one' }
    const refused = await running.send('POST /users', { token, headers, ...person(UserType.manager) })
    assert.equal(refused.status, 403)
    assert.equal((await running.send('POST /users', { token, headers, ...person(UserType.client) })).status, 201)
  })

  test('ends at once when the token is revoked, and when its user is deleted', async () => {
    const user = await running.createUser({ user_type_id: UserType.manager })
    const [first, second] = [await running.store.tokens.create({ userId: user }), await running.tokenOf(user)]
    const statusFor = async (token: string) => (await running.send('GET /users', { token })).status
    assert.deepEqual([await statusFor(first.token), await statusFor(second)], [200, 200])
    await running.store.tokens.revoke(first.id)
    assert.deepEqual([await statusFor(first.token), await statusFor(second)], [401, 200])
    await running.send(`DELETE /users/${user}`)
    assert.deepEqual([await statusFor(first.token), await statusFor(second)], [401, 401])
  })

  test('with MAGASIN_ACCESS=open needs no token, and a wrong one does not matter', async (t) => {
    const { send } = await startStore(t, { access: 'open' })
    for (const token of [null, newToken(), 'nonsense']) {
      const created = await send('POST /users', { token, ...person(UserType.manager) })
      assert.equal(created.status, 201)
      const id = Number(created.body['user_id'])
      assert.equal((await send(`GET /users/${id}`, { token })).status, 200)
      assert.equal((await send('GET /users', { token })).status, 200)
      assert.equal((await send(`DELETE /users/${id}`, { token })).status, 200)
    }
  })
})
