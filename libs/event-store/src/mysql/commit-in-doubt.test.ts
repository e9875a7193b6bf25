import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { partitionOf } from '@magasin/contracts/partition-of'
import { skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { sql } from 'kysely'
import { findFlaw } from '../testing/find-flaw.ts'
import { create, remove } from '../testing/people.ts'
import { openBehindProxy as open, untilWaiting } from '../testing/store-behind-proxy.ts'

const once = { caller: 'ada', route: 'POST /people', key: 'k-1', content: 'c-1' }

describe('a command on MySQL whose COMMIT got no answer', { skip: skipWithoutMysql }, () => {
  for (const fate of ['unheard', 'lost'] as const)
    test(`because it was ${fate}, is acknowledged once, with one event and its first answer`, async (t) => {
      const { proxy, direct, store, events } = await open(t)
      let told = 0
      store.onCommit(() => told++)
      const happened = proxy.nextCommit(fate)
      const first = await store.execute(create(1), { once })
      const position = { topic: 'member-events', partition: partitionOf('member-1', 8), seq: 1 }
      assert.deepEqual(first, { answer: { id: 1 }, repeated: false, positions: [position] })
      await happened
      assert.deepEqual(await events(), ['member-1'])
      assert.equal(told, 1)
      assert.deepEqual(await store.execute(create(2), { once }), { ...first, repeated: true })
      assert.equal(await findFlaw(direct), undefined)
    })

  test('waits until the server has given it up, and is carried out then', async (t) => {
    const { proxy, direct, store, events } = await open(t)
    const happened = proxy.nextCommit('open')
    const executing = store.execute(create(1))
    await happened
    await untilWaiting(direct)
    assert.deepEqual(await events(), [])
    proxy.letGo()
    await executing
    assert.deepEqual(await events(), ['member-1'])
    assert.equal(await findFlaw(direct), undefined)
  })

  test('is refused once, and remembered, when a refusal is all that was written', async (t) => {
    const { proxy, store } = await open(t)
    const happened = proxy.nextCommit('unheard')
    await assert.rejects(store.execute(remove(9), { once }), { code: 'MEMBER_NOT_FOUND' })
    await happened
    await store.execute(create(9))
    await assert.rejects(store.execute(remove(9), { once }), { code: 'MEMBER_NOT_FOUND' })
  })

  test('and whose server is gone for long, fails with STORE_UNAVAILABLE in time, and repeated later is the one command', async (t) => {
    const { proxy, store, events } = await open(t)
    const happened = proxy.nextCommit('unheard').then(() => proxy.goDown())
    const started = performance.now()
    await assert.rejects(store.execute(create(1), { once }), { code: 'STORE_UNAVAILABLE' })
    assert.ok(performance.now() - started < 8_000)
    await happened
    await proxy.comeBack()
    const { answer, repeated } = await store.execute(create(2), { once })
    assert.deepEqual([answer, repeated], [{ id: 1 }, true])
    assert.deepEqual(await events(), ['member-1'])
  })

  test('because its connection was killed before, is carried out on another one', async (t) => {
    let kill: ((id: number) => Promise<unknown>) | undefined
    const { direct, store, events } = await open(t, (database) => ({
      ...database,
      transaction: (body, options) =>
        database.transaction(async (tx) => {
          const result = await body(tx)
          const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(tx)
          await kill?.(rows[0]!.id)
          return result
        }, options),
    }))
    let killed = 0
    kill = (id) => {
      kill = undefined
      killed++
      return sql`kill ${sql.lit(id)}`.execute(direct.reader)
    }
    await store.execute(create(1))
    assert.equal(killed, 1)
    assert.deepEqual(await events(), ['member-1'])
    assert.equal(await findFlaw(direct), undefined)
  })
})
