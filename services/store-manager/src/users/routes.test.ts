import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { UserType } from '@magasin/shop-contracts/user-types'
import { startStore, type Answer } from '../testing/start-store.ts'

const ada = { name: 'Ada Lovelace', email: 'ada@example.com', user_type_id: 1 }

/** How often each status was answered. */
const statusesOf = (answers: readonly Answer[]) =>
  Object.fromEntries(
    Map.groupBy(answers, ({ status }) => status)
      .entries()
      .map(([status, of]) => [status, of.length]),
  )

describe('a user', () => {
  test('that is created is told by its id and its address, and can be read there', async (t) => {
    const { send } = await startStore(t)
    const created = await send('POST /users', { body: ada })
    assert.equal(created.status, 201)
    assert.deepEqual(created.body, { user_id: 1 })
    assert.equal(created.headers.get('location'), '/users/1')
    const read = await send('GET /users/1')
    assert.equal(read.status, 200)
    assert.deepEqual(read.body, { id: 1, ...ada })
  })

  test('without a type is a client', async (t) => {
    const { send, createUser } = await startStore(t)
    const id = await createUser()
    assert.equal((await send(`GET /users/${id}`)).body['user_type_id'], UserType.client)
  })

  for (const [word, user_type_id] of Object.entries(UserType))
    test(`of type ${user_type_id} (${word}) keeps it, and so does its event`, async (t) => {
      const { send, store, createUser } = await startStore(t)
      const id = await createUser({ ...ada, user_type_id })
      assert.deepEqual((await send(`GET /users/${id}`)).body, { id, ...ada, user_type_id })
      const [event] = await store.events.readStream(`user-${id}`)
      const { datetime, ...fields } = JSON.parse(event!.value) as Record<string, unknown>
      assert.deepEqual(fields, { event: 'UserCreated', id, ...ada, user_type_id })
      assert.equal(datetime, event!.time)
    })

  test('that is deleted is gone, and its event says who it was', async (t) => {
    const { send, store, createUser } = await startStore(t)
    const id = await createUser(ada)
    const deleted = await send(`DELETE /users/${id}`)
    assert.equal(deleted.status, 200)
    assert.deepEqual(deleted.body, { deleted: true })
    assert.equal((await send(`GET /users/${id}`)).status, 404)
    const [, event] = await store.events.readStream(`user-${id}`)
    const { datetime: _, ...fields } = JSON.parse(event!.value) as Record<string, unknown>
    assert.deepEqual(fields, { event: 'UserDeleted', id, ...ada })
  })

  test('that is not there cannot be read or deleted: 404, and the second says `deleted: false`', async (t) => {
    const { send, countEvents } = await startStore(t)
    const read = await send('GET /users/42')
    assert.equal(read.status, 404)
    assert.match(read.headers.get('content-type') ?? '', /^application\/problem\+json/)
    assert.equal(read.body['code'], 'USER_NOT_FOUND')
    assert.ok(!('deleted' in read.body))
    const deleted = await send('DELETE /users/42')
    assert.equal(deleted.status, 404)
    assert.equal(deleted.body['code'], 'USER_NOT_FOUND')
    assert.equal(deleted.body['deleted'], false)
    assert.equal(await countEvents(), 0)
  })

  test('keeps its e-mail address to itself, in whatever case and Unicode form, until it is deleted', async (t) => {
    const { send, createUser, countEvents } = await startStore(t)
    const id = await createUser({ email: 'Zoé.Müller@Example.com' })
    for (const email of ['Zoé.Müller@Example.com', 'ZOÉ.MÜLLER@EXAMPLE.COM', 'zoe\u0301.mu\u0308ller@example.com']) {
      const refused = await send('POST /users', { body: { name: 'Another', email } })
      assert.equal(refused.status, 409)
      assert.equal(refused.body['code'], 'EMAIL_TAKEN')
      assert.equal(refused.body['field'], 'email')
      assert.ok(!/m(ü|u\u0308)ller/i.test(refused.text), 'the address is not repeated')
    }
    assert.equal(await countEvents(), 1)
    await send(`DELETE /users/${id}`)
    const again = await send('POST /users', { body: { name: 'Another', email: 'zoé.müller@example.com' } })
    assert.equal(again.status, 201)
  })

  test('whose address two take at once is created once', async (t) => {
    const { send, countEvents } = await startStore(t)
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('POST /users', { body: ada })))
    assert.deepEqual(statusesOf(answers), { 201: 1, 409: 9 })
    assert.equal(await countEvents(), 1)
  })

  test('that two delete at once is deleted once', async (t) => {
    const { send, createUser, countEvents } = await startStore(t)
    const id = await createUser()
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(`DELETE /users/${id}`)))
    assert.deepEqual(statusesOf(answers), { 200: 1, 404: 4 })
    assert.equal(await countEvents(), 2)
  })

  const unusualNames = {
    'an emoji of seven code points': '👩‍👩‍👧‍👦',
    'letters from right to left': 'عمر الخيّام',
    'two hundred code points, each two UTF-16 units': '𝔸'.repeat(200),
    'quotes, a backslash and markup': `O'Neil "\\" <b>&amp;</b> \${x} {{y}}`,
    'spaces around it': '  Ada  ',
    'one letter': '李',
    'a combining accent, not composed': 'Zoe\u0301',
    'SQL in it': "'; drop table users; --",
    'a line separator': 'Ada\u2028Lovelace',
  }
  for (const [what, name] of Object.entries(unusualNames))
    test(`whose name is ${what} has exactly that name, and so has its event`, async (t) => {
      const { send, store, createUser } = await startStore(t)
      const id = await createUser({ name })
      assert.equal((await send(`GET /users/${id}`)).body['name'], name)
      const [event] = await store.events.readStream(`user-${id}`)
      assert.equal((JSON.parse(event!.value) as { name: unknown }).name, name)
    })

  test('carries the trace of the request that created it into its event', async (t) => {
    const { send, store } = await startStore(t)
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
    await send('POST /users', { body: ada, headers })
    const [event] = await store.events.readStream('user-1')
    assert.match(event!.traceparent ?? '', new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`))
    await send('DELETE /users/1', { headers: { traceparent: 'nonsense' } })
    const [, deleted] = await store.events.readStream('user-1')
    assert.match(deleted!.traceparent ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/, 'a trace of its own')
  })
})

describe('the list of users', () => {
  const idsOf = (body: Readonly<Record<string, unknown>>) =>
    (body['users'] as readonly { readonly id: number }[]).map(({ id }) => id)

  test('is empty in an empty store', async (t) => {
    const { send } = await startStore(t)
    assert.deepEqual((await send('GET /users')).body, { users: [], next: null })
  })

  test('shows whole users, by id, and where the next page begins', async (t) => {
    const { send, createUser } = await startStore(t)
    for (const email of ['a@example.com', 'b@example.com', 'c@example.com']) await createUser({ ...ada, email })
    const first = await send('GET /users?limit=2')
    assert.equal(first.status, 200)
    assert.deepEqual(first.body, {
      users: [
        { id: 1, ...ada, email: 'a@example.com' },
        { id: 2, ...ada, email: 'b@example.com' },
      ],
      next: 2,
    })
    assert.deepEqual((await send('GET /users?limit=2&after=2')).body, {
      users: [{ id: 3, ...ada, email: 'c@example.com' }],
      next: null,
    })
  })

  test('ends where it is full: no empty page follows', async (t) => {
    const { send, createUser } = await startStore(t)
    for (let i = 0; i < 4; i++) await createUser()
    assert.equal((await send('GET /users?limit=2&after=2')).body['next'], null)
    assert.equal((await send('GET /users?limit=200')).body['next'], null)
    assert.deepEqual((await send('GET /users?after=4')).body, { users: [], next: null })
  })

  test('has fifty on a page unless told otherwise', async (t) => {
    const { send, createUser } = await startStore(t)
    await Promise.all(Array.from({ length: 51 }, () => createUser()))
    const { body } = await send('GET /users')
    assert.equal(idsOf(body).length, 50)
    assert.equal(body['next'], 50)
  })

  test('skips nobody and shows nobody twice while users come and go', async (t) => {
    const { send, createUser } = await startStore(t)
    for (let i = 0; i < 9; i++) await createUser()
    const seen: number[] = []
    let after: unknown = 0
    for (let page = 1; after !== null; page++) {
      const { body } = await send(`GET /users?limit=3&after=${Number(after)}`)
      seen.push(...idsOf(body))
      after = body['next']
      if (page === 1) {
        for (const gone of [1, 3, 5]) await send(`DELETE /users/${gone}`)
        await createUser()
      }
    }
    assert.deepEqual(seen, [1, 2, 3, 4, 6, 7, 8, 9, 10])
  })
})
