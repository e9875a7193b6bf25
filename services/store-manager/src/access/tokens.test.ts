import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { UserTypeId } from '@magasin/shop-contracts/user-types'
import { hashToken } from '@magasin/service-kit/access'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { createUser } from '../commands/create-user.ts'
import { deleteUser } from '../commands/delete-user.ts'
import { openStore } from '../open-store.ts'

async function place(t: TestContext) {
  const store = await openStore({ dataDir: temporaryFolder(t) })
  t.after(() => store.close())
  const { events, tokens, database } = store
  return {
    tokens,
    database,
    whoHolds: (token: string) => tokens.authenticate(hashToken(token)),
    addUser: (id: number, user_type_id: UserTypeId) =>
      events.execute(createUser({ id, name: 'Ada', email: `ada.${id}@example.com`, user_type_id })),
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
      const { id, token } = await tokens.create({ userId: 42 })
      assert.deepEqual(await whoHolds(token), { id: `token:${id}`, role, userId: 42 })
    })

  test('of the shop itself is a manager’s who is no user', async (t) => {
    const { tokens, whoHolds } = await place(t)
    const { id, token } = await tokens.create('manager')
    assert.deepEqual(await whoHolds(token), { id: `token:${id}`, role: 'manager', userId: null })
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

  test('is nowhere in the database: its hash is', async (t) => {
    const { tokens, database } = await place(t)
    const { token } = await tokens.create('manager')
    const rows = await database.reader.selectFrom('tokens').selectAll().execute()
    assert.equal(rows[0]?.hash, hashToken(token))
    assert.ok(!JSON.stringify(rows).includes(token))
  })
})
