import assert from 'node:assert/strict'
import { test } from 'node:test'
import { create, remove } from '../testing/people.ts'
import type { EventStoreCase } from './event-store-case.ts'

export function onceOnlyTests({ open }: EventStoreCase): void {
  const once = { caller: 'ada', route: 'POST /people', key: 'k-1', fingerprint: 'f-1' }

  test('takes effect once and gets the first answer, however often and however close it comes', async (t) => {
    const { database, store } = await open(t)
    const shops = [await store(), await store()]
    const sent = Array.from({ length: 20 }, (_, i) => shops[i % 2]!.execute(create(i + 1, 'ada@example.com'), { once }))
    const results = await Promise.all(sent)
    assert.equal(new Set(results.map(({ answer }) => answer.id)).size, 1)
    assert.equal(results.filter(({ repeated }) => !repeated).length, 1)
    assert.equal((await database.reader.selectFrom('events').selectAll().execute()).length, 1)
  })

  test('gets the same refusal again, even when it would be granted by now', async (t) => {
    const { store } = await open(t)
    const shop = await store()
    const refusal = { code: 'MEMBER_NOT_FOUND', message: 'there is no member 1', facts: { deleted: false } }
    await assert.rejects(shop.execute(remove(1), { once }), refusal)
    await shop.execute(create(1))
    await assert.rejects(shop.execute(remove(1), { once }), refusal)
    await shop.execute(remove(1), { once: { ...once, key: 'k-2' } })
  })

  test('with another content under its key is refused, and changes nothing', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    await shop.execute(create(1), { once })
    await assert.rejects(shop.execute(create(2), { once: { ...once, fingerprint: 'f-2' } }), {
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
    assert.equal((await database.reader.selectFrom('events').selectAll().execute()).length, 1)
  })

  test('is told apart by caller and by route', async (t) => {
    const { store } = await open(t)
    const shop = await store()
    await shop.execute(create(1), { once })
    const others = [
      { ...once, caller: 'alan' },
      { ...once, route: 'PUT /people' },
    ]
    for (const [i, other] of others.entries())
      assert.deepEqual(await shop.execute(create(i + 2), { once: other }), { answer: { id: i + 2 }, repeated: false })
  })

  test('that failed for a fault of ours is not remembered: it can succeed when it is sent again', async (t) => {
    const { store } = await open(t)
    const shop = await store()
    const failing = {
      ...create(1),
      decide: () => {
        throw new TypeError('a fault of the program')
      },
    }
    await assert.rejects(shop.execute(failing, { once }), TypeError)
    assert.equal((await shop.execute(create(1), { once })).repeated, false)
  })

  test('is remembered for a day, and for ever where that was asked', async (t) => {
    const { store } = await open(t)
    let time = Date.parse('2026-01-01T00:00:00Z')
    const shop = await store({ now: () => new Date(time) })
    const seed = { ...once, key: 'seed', keep: 'forever' } as const
    await shop.execute(create(1), { once })
    await shop.execute(create(2), { once: seed })
    time += 24 * 3_600_000
    assert.equal(await shop.forgetOldAnswers(), 0)
    time += 1
    assert.equal(await shop.forgetOldAnswers(), 1)
    assert.equal((await shop.execute(create(9), { once: seed })).repeated, true)
    assert.equal((await shop.execute(create(3), { once })).repeated, false)
  })

  test('has a fingerprint that depends on its content, not on how it was written, and on the store', async (t) => {
    const { store } = await open(t)
    const { store: otherStore } = await open(t)
    const shop = await store()
    const content = { name: 'Ada', tags: ['a', 'b'], nested: { x: 1, y: null } }
    assert.equal(
      shop.fingerprint(content),
      shop.fingerprint({ nested: { y: null, x: 1 }, tags: ['a', 'b'], name: 'Ada' }),
    )
    assert.notEqual(shop.fingerprint(content), shop.fingerprint({ ...content, tags: ['b', 'a'] }))
    assert.equal(shop.fingerprint(content), (await store()).fingerprint(content))
    assert.notEqual(shop.fingerprint(content), (await otherStore()).fingerprint(content))
  })
}
