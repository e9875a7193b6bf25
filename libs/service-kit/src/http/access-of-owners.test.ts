import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import Type from 'typebox'
import {
  bodyUser,
  newToken,
  paramId,
  queryUser,
  registerAccess,
  userCaller,
  type Caller,
  type RoleRule,
} from './access.ts'
import type { HttpServer } from './http-server.ts'
import { startServer } from './testing/start-server.ts'

const tokens = { client: newToken(), other: newToken(), employee: newToken() }
const supplier = newToken()
const callers = new Map<string, Caller>([
  [tokens.client, userCaller(42, 'client')],
  [tokens.other, userCaller(7, 'client')],
  [tokens.employee, userCaller(8, 'employee')],
  [supplier, { id: 'supplier', role: 'supplier', userId: null }],
])
const authenticate = async (token: string) => callers.get(token)

const call = (
  url: string,
  token?: string,
  {
    headers,
    ...init
  }: { readonly headers?: Readonly<Record<string, string>>; readonly method?: string; readonly body?: string } = {},
) =>
  fetch(url, { ...init, headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers } })

/** Loans: 1 is of user 42, 2 of user 7; there is no other. Who was looked up is kept in `asked`. */
function declareLoans(asked: number[], looked: () => Promise<unknown> = async () => undefined) {
  const owners = new Map([
    [1, 42],
    [2, 7],
  ])
  const ofLoan: RoleRule['ownOf'] = async ({ params }) => {
    const { id } = params as { readonly id: number }
    asked.push(id)
    await looked()
    return owners.get(id)
  }
  const roles = ['employee']
  const params = Type.Object({ id: Type.Integer() })
  const user = Type.Object({ user_id: Type.Optional(Type.Integer()) })
  return (server: HttpServer): void => {
    registerAccess(server, { authenticate })
    const access = (ownOf: RoleRule['ownOf'] & {}) => ({ config: { access: { roles, ownOf } } })
    server.post('/loans', { ...access(bodyUser('user_id')), schema: { body: user } }, async () => 'lent')
    const own = { config: { access: { roles, ownOf: queryUser('user_id'), ownHint: 'send your own user_id' } } }
    server.get('/loans', { ...own, schema: { querystring: user } }, async () => 'all')
    server.get('/unread', access(queryUser('user_id')), async () => 'all')
    server.get('/loans/:id', { ...access(ofLoan), schema: { params } }, async (request) => {
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

  test('is told to who does not say it, with the way to its own', async (t) => {
    const { url } = await startServer(t, declareLoans([]))
    const refused = (await (await call(`${url}/loans`, tokens.client)).json()) as { readonly detail: string }
    assert.match(refused.detail, /takes employee, or the one to whom it belongs: send your own user_id$/)
    const nobodys = (await (await call(`${url}/loans`, supplier)).json()) as { readonly detail: string }
    assert.match(nobodys.detail, /takes employee$/)
  })

  for (const [method, path, body, token, status] of cells) {
    const who = token === undefined ? 'nobody' : callers.get(token)!.id
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
