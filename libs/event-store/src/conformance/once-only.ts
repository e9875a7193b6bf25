import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Executed } from '../commands/command.ts'
import { create, remove, type PeopleTables } from '../testing/people.ts'
import type { EventStoreCase } from './event-store-case.ts'

export function onceOnlyTests({ open }: EventStoreCase): void {
  const once = { caller: 'ada', route: 'POST /people', key: 'k-1', content: { name: 'Ada' } }

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
    await assert.rejects(shop.execute(create(2), { once: { ...once, content: { name: 'Alan' } } }), {
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
      assert.deepEqual(outcomeOf(await shop.execute(create(i + 2), { once: other })), [i + 2, false])
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
    for (const event of [
      { type: 'MemberJoined', data: { id: 1 } },
      { type: 'MemberJoint', data: {} },
    ]) {
      const unfit = { reads: [], decide: () => ({ events: [event], answer: 0 }) }
      await assert.rejects(shop.execute(unfit, { once }), { code: /EVENT_INVALID|EVENT_TYPE_UNKNOWN/ })
    }
    assert.equal((await shop.execute(create(1), { once })).repeated, false)
  })

  test('is remembered for a day, and for ever where that was asked', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    const seed = { ...once, key: 'seed', keep: 'forever' } as const
    await shop.execute(create(1), { once })
    await shop.execute(create(2), { once: seed })
    await grow(database, dayMs - 60_000)
    assert.equal(await shop.forgetOldAnswers(), 0)
    await grow(database, 120_000)
    assert.equal(await shop.forgetOldAnswers(), 1)
    assert.equal((await shop.execute(create(9), { once: seed })).repeated, true)
    assert.equal((await shop.execute(create(3), { once })).repeated, false)
  })

  test('is not forgotten because the clock of one process is a day ahead, nor kept because it is behind', async (t) => {
    const { database, store } = await open(t)
    const ahead = await store({ now: () => new Date(Date.now() + 10 * dayMs) })
    const behind = await store({ now: () => new Date(Date.now() - 10 * dayMs) })
    await behind.execute(create(1), { once })
    assert.equal(await ahead.forgetOldAnswers(), 0)
    await ahead.execute(create(2), { once: { ...once, key: 'k-2' } })
    await grow(database, dayMs + 60_000)
    assert.equal(await behind.forgetOldAnswers(), 2)
  })

  test('is forgotten in small transactions, with commands carried out in between, however many are old', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    await shop.execute(create(1), { once: { ...once, key: 'young' } })
    await rememberOld(database, 20_500)
    let turns = 0
    const turning = setInterval(() => turns++, 1)
    const forgetting = shop.forgetOldAnswers()
    const left: number[] = []
    for (let id = 2; id < 6; id++) {
      await shop.execute(create(id))
      left.push(await countAnswers(database))
    }
    assert.equal(await forgetting, 20_500)
    clearInterval(turning)
    assert.ok(left[0]! > 10_000, `a command waited until only ${left[0]} were left`)
    assert.ok(turns >= 20, `the process could do something else ${turns} times`)
    assert.equal(await countAnswers(database), 1)
  })

  test('is the same content in whatever order it was written, and only a hash of it is kept, with a key of the store', async (t) => {
    const { database, store } = await open(t)
    const { database: otherDatabase, store: otherStore } = await open(t)
    const content = { name: 'Ada', tags: ['a', 'b'], nested: { x: 1, y: null } }
    const reordered = { nested: { y: null, x: 1 }, tags: ['a', 'b'], name: 'Ada' }
    const shop = await store()
    await shop.execute(create(1), { once: { ...once, content } })
    assert.equal((await shop.execute(create(2), { once: { ...once, content: reordered } })).repeated, true)
    const changed = { ...content, tags: ['b', 'a'] }
    await assert.rejects(shop.execute(create(2), { once: { ...once, content: changed } }), {
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
    await (await otherStore()).execute(create(1), { once: { ...once, content } })
    const hashes = await Promise.all(
      [database, otherDatabase].map(({ reader }) =>
        reader.selectFrom('remembered_answers').select('fingerprint').executeTakeFirstOrThrow(),
      ),
    )
    assert.match(hashes[0]!.fingerprint, /^[0-9a-f]{64}$/)
    assert.notEqual(hashes[0]!.fingerprint, hashes[1]!.fingerprint)
  })
}

const dayMs = 24 * 3_600_000

const outcomeOf = ({ answer, repeated }: Executed<{ id: number }>) => [answer.id, repeated]

/** Makes all answers older. */
async function grow(database: SqlDatabase<PeopleTables>, ms: number): Promise<void> {
  await database.transaction((tx) =>
    tx
      .updateTable('remembered_answers')
      .set((eb) => ({ forget_at: eb('forget_at', '-', ms) }))
      .execute(),
  )
}

async function rememberOld(database: SqlDatabase<PeopleTables>, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => ({
    caller: 'ada',
    route: 'POST /people',
    idempotency_key: `old-${i}`,
    fingerprint: 'f',
    outcome: '{"answer":1}',
    forget_at: 1_000 + i,
  }))
  await database.transaction(async (tx) => {
    for (let i = 0; i < count; i += 2_000)
      await tx
        .insertInto('remembered_answers')
        .values(rows.slice(i, i + 2_000))
        .execute()
  })
}

async function countAnswers(database: SqlDatabase<PeopleTables>): Promise<number> {
  const count = database.reader.selectFrom('remembered_answers').select((eb) => eb.fn.countAll<number>().as('count'))
  return Number((await count.executeTakeFirstOrThrow()).count)
}
