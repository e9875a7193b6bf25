import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { UserTypeId } from '@magasin/shop-contracts/user-types'
import { hashToken } from '@magasin/service-kit/access'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { createUser } from '../users/create-user.ts'
import { deleteUser } from '../users/delete-user.ts'
import { StoredTokens } from './tokens.ts'
import { openStore } from '../open-store.ts'

// Longer than clocks of services may differ.
const hoursMs = 2 * 3_600_000

async function place(t: TestContext) {
  const store = await openStore({ dataDir: temporaryFolder(t) })
  t.after(() => store.close())
  const { events, tokens, signingKeys, database } = store
  return {
    tokens,
    keys: signingKeys,
    database,
    whoHolds: (token: string) => tokens.authenticate(token),
    addUser: (id: number, user_type_id: UserTypeId) => {
      const { newId: _, ...command } = createUser({ name: 'Ada', email: `ada.${id}@example.com`, user_type_id })
      return events.execute({ ...command, decide: (state, { now }) => command.decide(state, { id, now }) })
    },
    removeUser: (id: number) => events.execute(deleteUser(id)),
  }
}

describe('a token', () => {
  for (const [type, role] of [
    [1, 'client'],
    [2, 'employee'],
    [3, 'manager'],
  ] as const)
    test(`of a user of type ${type} gives the role ${role}`, async (t) => {
      const { tokens, addUser, whoHolds } = await place(t)
      await addUser(42, type)
      const { token } = await tokens.create({ userId: 42 })
      assert.deepEqual(await whoHolds(token), { id: 'user:42', role, userId: 42 })
    })

  test('of the shop itself is a manager’s who is no user', async (t) => {
    const { tokens, whoHolds } = await place(t)
    const { token } = await tokens.create('manager')
    assert.deepEqual(await whoHolds(token), { id: 'shop', role: 'manager', userId: null })
  })

  test('of a supplier gives a role of its own to somebody who is no user and has a budget', async (t) => {
    const { tokens, whoHolds } = await place(t)
    const { token } = await tokens.create({ supplier: 'acme-toys' })
    const caller = { id: 'supplier:acme-toys', role: 'supplier', userId: null, isLimited: true }
    assert.deepEqual(await whoHolds(token), caller)
    const [listed] = await tokens.list()
    assert.deepEqual([listed?.supplier, listed?.role, listed?.userId], ['acme-toys', 'supplier', null])
  })

  for (const name of ['', 'Acme', 'a b', '-a', 'a\n', 'x'.repeat(65)])
    test(`of a supplier named ${JSON.stringify(name)} is not made`, async (t) => {
      const { tokens } = await place(t)
      await assert.rejects(tokens.create({ supplier: name }), { code: 'INPUT_INVALID' })
      assert.deepEqual(await tokens.list(), [])
    })

  test('of a user who is deleted opens nothing, and is listed without a role', async (t) => {
    const { tokens, addUser, removeUser, whoHolds } = await place(t)
    await addUser(42, 3)
    const { token } = await tokens.create({ userId: 42 })
    await removeUser(42)
    assert.equal(await whoHolds(token), undefined)
    assert.deepEqual(
      (await tokens.list()).map(({ userId, role }) => ({ userId, role })),
      [{ userId: 42, role: null }],
    )
  })

  test('for a user who is not there is not made', async (t) => {
    const { tokens } = await place(t)
    await assert.rejects(tokens.create({ userId: 42 }), { code: 'USER_NOT_FOUND' })
    assert.deepEqual(await tokens.list(), [])
  })

  test('that is revoked opens nothing, alone, from its first revocation on', async (t) => {
    const { tokens, whoHolds } = await place(t)
    const [one, two] = [await tokens.create('manager'), await tokens.create('manager')]
    const revokedAt = async () => (await tokens.list()).find(({ id }) => id === one.id)?.revokedAt
    assert.equal(await revokedAt(), null)
    await tokens.revoke(one.id)
    const first = await revokedAt()
    assert.ok(first)
    await tokens.revoke(one.id)
    assert.equal(await revokedAt(), first)
    assert.equal(await whoHolds(one.token), undefined)
    assert.ok(await whoHolds(two.token))
  })

  test('opens nothing once it has ended, and is told as revoked to nobody', async (t) => {
    const { tokens, keys, database, whoHolds } = await place(t)
    const { id, token } = await tokens.create('manager', 1)
    const other = await tokens.create('manager')
    await tokens.revoke(id)
    await tokens.revoke(other.id)
    await keys.rotate()
    assert.deepEqual((await tokens.revoked()).toSorted(), [id, other.id].toSorted())
    const ended = await tokens.create('manager')
    assert.ok(await whoHolds(ended.token))
    // Who asks in the same turn shares that answer.
    await setImmediate()
    await database.transaction(async (tx) => {
      await tx
        .updateTable('tokens')
        .set({ expires_at: new Date(Date.now() - hoursMs).toISOString() })
        .execute()
    })
    assert.equal(await whoHolds(ended.token), undefined)
    assert.equal(await whoHolds(token), undefined)
    assert.deepEqual(await tokens.revoked(), [])
    assert.equal((await keys.published()).keys.length, 1, 'the key of ended tokens only is published still')
  })

  test('opens nothing if its key has leaked, also if it was signed a moment later', async (t) => {
    const { tokens, keys, database, whoHolds } = await place(t)
    const { token } = await tokens.create('manager')
    const leaked = await keys.current()
    await keys.rotate({ areLeaked: true })
    const late = await new StoredTokens(database, { current: async () => leaked }).create('manager')
    assert.deepEqual([await whoHolds(token), await whoHolds(late.token)], [undefined, undefined])
    assert.ok((await tokens.revoked()).includes(late.id))
    assert.equal((await keys.published()).keys.length, 1)
    assert.ok(await whoHolds((await tokens.create('manager')).token))
  })

  for (const days of [0, -1, 1.5, 3_651])
    test(`is not made for ${days} days`, async (t) => {
      const { tokens } = await place(t)
      await assert.rejects(tokens.create('manager', days), { code: 'INPUT_INVALID' })
    })

  test('that is not there cannot be revoked', async (t) => {
    const { tokens } = await place(t)
    await assert.rejects(tokens.revoke('42'), { code: 'NOT_FOUND' })
  })

  test('that was adopted is one, however often, and does not come back to life by it', async (t) => {
    const { tokens, whoHolds } = await place(t)
    const given = 'mag_given-by-the-environment'
    await tokens.adopt(given)
    await tokens.adopt(given)
    const [only, ...others] = await tokens.list()
    assert.deepEqual(others, [])
    assert.equal((await whoHolds(given))?.role, 'manager')
    await tokens.revoke(only!.id)
    await tokens.adopt(given)
    assert.equal(await whoHolds(given), undefined)
  })

  test('that is adopted closes the one adopted before, and no token that an operator made', async (t) => {
    const { tokens, whoHolds } = await place(t)
    const { token: made } = await tokens.create('manager')
    await tokens.adopt('mag_leaked')
    await tokens.adopt('mag_new')
    assert.equal(await whoHolds('mag_leaked'), undefined)
    assert.equal((await whoHolds('mag_new'))?.role, 'manager')
    assert.equal((await whoHolds(made))?.role, 'manager')
    assert.equal((await tokens.list()).filter(({ revokedAt }) => revokedAt !== null).length, 1)
  })

  test('that was made for somebody is not taken for the first manager’s, which stays', async (t) => {
    const { tokens, whoHolds } = await place(t)
    await tokens.adopt('mag_first')
    for (const owner of ['manager', { supplier: 'acme' }] as const) {
      const { token } = await tokens.create(owner)
      await assert.rejects(tokens.adopt(token), { code: 'CONFIG_INVALID', message: /MAGASIN_TOKEN/ })
      assert.ok(await whoHolds(token))
    }
    assert.equal((await whoHolds('mag_first'))?.role, 'manager')
  })

  test('that was replaced opens the shop again when a start gives it again', async (t) => {
    const { tokens, whoHolds } = await place(t)
    for (const given of ['mag_old', 'mag_new', 'mag_old']) await tokens.adopt(given)
    assert.equal((await whoHolds('mag_old'))?.role, 'manager')
    assert.equal(await whoHolds('mag_new'), undefined)
  })

  test('that was revoked takes no other token’s place when a start gives it again', async (t) => {
    const { tokens, whoHolds } = await place(t)
    await tokens.adopt('mag_leaked')
    await tokens.revoke((await tokens.list())[0]!.id)
    await tokens.adopt('mag_new')
    await tokens.adopt('mag_leaked')
    assert.equal(await whoHolds('mag_leaked'), undefined)
    assert.equal((await whoHolds('mag_new'))?.role, 'manager')
  })

  test('is nowhere in the database: its hash is', async (t) => {
    const { tokens, database } = await place(t)
    const { token } = await tokens.create('manager')
    const rows = await database.reader.selectFrom('tokens').selectAll().execute()
    assert.equal(rows[0]?.hash, hashToken(token))
    assert.ok(!JSON.stringify(rows).includes(token))
  })
})

describe('store-managers that share a database', { skip: skipWithoutMysql }, () => {
  test('adopt the token that all of them were given once, at the same time or not', async (t) => {
    const database = mysqlDatabase(t)
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ dataDir: temporaryFolder(t), database })))
    for (const store of stores) t.after(() => store.close())
    await stores[0]!.tokens.adopt('mag_old')
    for (const given of ['mag_new', 'mag_new']) await Promise.all(stores.map(({ tokens }) => tokens.adopt(given)))
    const roles = stores.map(async ({ tokens }) => (await tokens.authenticate('mag_new'))?.role)
    assert.deepEqual(await Promise.all(roles), ['manager', 'manager', 'manager'])
    assert.equal(await stores[2]!.tokens.authenticate('mag_old'), undefined)
    assert.equal((await stores[0]!.tokens.list()).length, 2)
  })
})
