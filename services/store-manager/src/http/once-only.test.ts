import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { startStore } from '../testing/start-store.ts'

const ada = { name: 'Ada Lovelace', email: 'ada@example.com' }
const key = (value: string) => ({ 'idempotency-key': value })

describe('a command that is sent again with its Idempotency-Key', () => {
  test('gets the same answer, is said to be a repetition, and happened once', async (t) => {
    const { send, countEvents } = await startStore(t)
    const first = await send('POST /users', { body: ada, headers: key('k-1') })
    const second = await send('POST /users', { body: ada, headers: key('k-1') })
    assert.equal(first.headers.get('idempotency-replayed'), null)
    assert.equal(second.headers.get('idempotency-replayed'), 'true')
    assert.equal(second.status, 201)
    assert.deepEqual(second.body, first.body)
    assert.equal(second.headers.get('location'), first.headers.get('location'))
    assert.equal(await countEvents(), 1)
  })

  test('is the same request with its fields in another order', async (t) => {
    const { send } = await startStore(t)
    await send('POST /users', { text: '{"name":"Ada","email":"ada@example.com"}', headers: key('k') })
    const again = await send('POST /users', { text: '{"email":"ada@example.com", "name":"Ada"}', headers: key('k') })
    assert.equal(again.status, 201)
    assert.equal(again.headers.get('idempotency-replayed'), 'true')
  })

  test('but with another body is refused, and the first answer stands', async (t) => {
    const { send, countEvents } = await startStore(t)
    await send('POST /users', { body: ada, headers: key('k') })
    const other = await send('POST /users', { body: { ...ada, name: 'Ada King' }, headers: key('k') })
    assert.equal(other.status, 422)
    assert.equal(other.body['code'], 'IDEMPOTENCY_KEY_REUSED')
    assert.doesNotMatch(other.text, /Ada|example/)
    assert.equal((await send('POST /users', { body: ada, headers: key('k') })).status, 201)
    assert.equal(await countEvents(), 1)
  })

  test('deletes once: the user who was created since is not touched', async (t) => {
    const { send, createUser, countEvents } = await startStore(t)
    const id = await createUser(ada)
    const first = await send(`DELETE /users/${id}`, { headers: key('k') })
    const second = await send(`DELETE /users/${id}`, { headers: key('k') })
    assert.deepEqual([first.status, second.status], [200, 200])
    assert.deepEqual(second.body, { deleted: true })
    assert.equal(await countEvents(), 2)
  })

  test('for another user is another request: 422', async (t) => {
    const { send, createUser, countEvents } = await startStore(t)
    const [one, two] = [await createUser(), await createUser()]
    await send(`DELETE /users/${one}`, { headers: key('k') })
    const other = await send(`DELETE /users/${two}`, { headers: key('k') })
    assert.equal(other.body['code'], 'IDEMPOTENCY_KEY_REUSED')
    assert.equal(await countEvents(), 3)
  })

  test('at the same time, twenty times, happens once and answers all of them alike', async (t) => {
    const { send, countEvents } = await startStore(t)
    const again = () => send('POST /users', { body: ada, headers: key('k') })
    const answers = await Promise.all(Array.from({ length: 20 }, again))
    assert.deepEqual([...new Set(answers.map(({ status, text }) => `${status} ${text}`))], ['201 {"user_id":1}'])
    assert.equal(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null).length, 1)
    assert.equal(await countEvents(), 1)
  })

  test('after a restart of the store gets its first answer still', async (t) => {
    const dataDir = temporaryFolder(t)
    const first = await startStore(t, { dataDir })
    await first.send('POST /users', { body: ada, headers: key('k') })
    await first.stop()
    const second = await startStore(t, { dataDir })
    const again = await second.send('POST /users', { body: ada, headers: key('k'), token: first.manager })
    assert.deepEqual(again.body, { user_id: 1 })
    assert.equal(again.headers.get('idempotency-replayed'), 'true')
    assert.equal(await second.countEvents(), 1)
  })

  test('stays refused as it was: a 404 is a 404 for ever, though there is a user now', async (t) => {
    const { send, createUser, countEvents } = await startStore(t)
    const first = await send('DELETE /users/1', { headers: key('k') })
    assert.equal(first.status, 404)
    assert.equal(await createUser(), 1)
    const second = await send('DELETE /users/1', { headers: key('k') })
    assert.equal(second.status, 404)
    assert.deepEqual(second.body, first.body)
    assert.equal(second.body['deleted'], false)
    assert.equal(await countEvents(), 1)
  })

  test('stays refused as it was: a 409 is a 409 for ever, though the address is free now', async (t) => {
    const { send, createUser, countEvents } = await startStore(t)
    const id = await createUser(ada)
    const body = { ...ada, name: 'Another' }
    const first = await send('POST /users', { body, headers: key('k') })
    await send(`DELETE /users/${id}`)
    const second = await send('POST /users', { body, headers: key('k') })
    assert.deepEqual([first.status, second.status], [409, 409])
    assert.deepEqual(second.body, first.body)
    assert.equal(await countEvents(), 2)
    assert.equal((await send('POST /users', { body, headers: key('k-2') })).status, 201)
  })
})

describe('an Idempotency-Key', () => {
  test('belongs to its caller: the same one from two callers is two', async (t) => {
    const { send, createUser, tokenOf, countEvents } = await startStore(t)
    const employee = await tokenOf(await createUser({ user_type_id: 2 }))
    const mine = await send('POST /users', { body: ada, headers: key('k') })
    const theirs = await send('POST /users', {
      body: { ...ada, email: 'b@example.com' },
      headers: key('k'),
      token: employee,
    })
    assert.deepEqual([mine.status, theirs.status], [201, 201])
    assert.equal(theirs.headers.get('idempotency-replayed'), null)
    assert.equal(await countEvents(), 3)
  })

  for (const who of ['a user', 'the shop'] as const)
    test(`stays that of ${who} when its token is renewed between a try and the next one`, async (t) => {
      const { send, store, createUser, countEvents } = await startStore(t)
      const holder = who === 'the shop' ? 'manager' : { userId: await createUser({ user_type_id: 2 }) }
      const before = await countEvents()
      const [old, renewed] = [await store.tokens.create(holder), await store.tokens.create(holder)]
      const first = await send('POST /users', { body: ada, headers: key('k'), token: old.token })
      await store.tokens.revoke(old.id)
      const second = await send('POST /users', { body: ada, headers: key('k'), token: renewed.token })
      assert.deepEqual([second.status, second.body], [201, first.body])
      assert.equal(second.headers.get('idempotency-replayed'), 'true')
      assert.equal(await countEvents(), before + 1)
    })

  test('belongs to its route: the same one for two routes is two', async (t) => {
    const { send, countEvents } = await startStore(t)
    await send('POST /users', { body: ada, headers: key('k') })
    const deleted = await send('DELETE /users/1', { headers: key('k') })
    assert.equal(deleted.status, 200)
    assert.equal(await countEvents(), 2)
  })

  test('of a request that broke a rule can be used for the right one', async (t) => {
    const { send } = await startStore(t)
    assert.equal((await send('POST /users', { body: { ...ada, email: 'ada' }, headers: key('k') })).status, 422)
    assert.equal((await send('POST /users', { body: ada, headers: key('k') })).status, 201)
  })

  for (const [what, value, status] of [
    ['of one character', 'k', 201],
    ['of 255 characters', 'k'.repeat(255), 201],
    ['of all signs that are allowed', `"!#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`, 201],
    ['that is empty', '', 422],
    ['of 256 characters', 'k'.repeat(256), 422],
    ['with a space in it', 'a b', 422],
    ['that is not ASCII', 'clé', 422],
  ] as const)
    test(`${what} is ${status === 201 ? 'taken' : 'refused: 422, and nothing is recorded'}`, async (t) => {
      const { send, countEvents } = await startStore(t)
      const answer = await send('POST /users', { body: ada, headers: key(value) })
      assert.equal(answer.status, status, answer.text)
      assert.equal(await countEvents(), status === 201 ? 1 : 0)
    })
})
