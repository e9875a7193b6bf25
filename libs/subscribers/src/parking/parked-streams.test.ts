import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { assignable, engines, holdOpen, refuse, subscribe, type GreetingTables } from '../testing/greeter.ts'
import { mail, untilTrue } from '../testing/mail.ts'
import { listParked, requestRedrive } from './parking.ts'

const brief = { setAsideAfterMs: 10 }
const down = () => Promise.reject(new Error('no connection'))

/** The same database, with something that follows each transaction of the subscriber. */
function followed(database: SqlDatabase<GreetingTables>) {
  const after = { each: () => Promise.resolve() }
  const transaction: typeof database.transaction = async (...args) => {
    const result = await database.transaction(...args)
    await after.each()
    return result
  }
  return { database: { ...database, transaction }, after }
}

for (const { engine, skip, setUp } of engines)
  describe(`a stream with an effect aside, on ${engine}`, { skip }, () => {
    test('whose next effect is slow, too, has it begun once', async (t) => {
      const on = await setUp(t)
      const [first, second, settled] = [holdOpen(), holdOpen(), holdOpen()]
      const letters = mail({ 'member-1 v1': () => first.passed, 'member-1 v2': () => second.passed })
      const { database, after } = followed(on.database)
      await on.record(1, 9)
      const { subscriber, told, until } = await subscribe(t, { log: on.log, database }, letters.on(brief))
      // What comes after it in the partition is done, so the transaction that set it aside has ended.
      await until(() => told.handled === 1)
      // Those who settled the first do not know yet that they did, when the second is set aside.
      after.each = () => settled.passed
      first.letGo()
      await untilTrue(async () => (await listParked(on.own.reader)).length === 0)
      await on.record(1)
      await until(() => told.slow.length === 2)
      await turn()
      after.each = () => Promise.resolve()
      settled.letGo()
      await untilTrue(async () => (await listParked(on.own.reader)).length === 1)
      await on.record(1, 9)
      await until(() => told.waiting.length === 1 && letters.sent.includes('member-9 v2'))
      assert.deepEqual(
        subscriber.failing().map(({ stream, code }) => [stream, code]),
        [['member-1', 'HANDLER_SLOW']],
      )
      second.letGo()
      await until(() => told.redriven === 1)
      const ofStream = letters.begun.filter((letter) => letter.startsWith('member-1'))
      assert.deepEqual(ofStream, ['member-1 v1', 'member-1 v2', 'member-1 v3'])
    })

    test('that fails after its partition was lost is begun again by the new owner, though the old one lives', async (t) => {
      const on = await setUp(t)
      const held = Promise.withResolvers<void>()
      const [before, after] = [mail({ 'member-1 v1': () => held.promise }), mail({})]
      const old = assignable(on.log)
      await on.record(1, 1)
      const listening = { database: await on.openDatabase(), log: old.log }
      t.after(() => listening.database.close())
      const first = await subscribe(t, listening, before.on(brief))
      await first.until(() => first.told.waiting.length === 1)
      const second = await subscribe(t, { log: await on.openLog(), database: on.database }, after.on(brief))
      old.assign([])
      held.reject(new Error('no connection'))
      await second.until(() => second.told.redriven === 2)
      assert.deepEqual([before.begun, after.sent], [['member-1 v1'], ['member-1 v1', 'member-1 v2']])
      assert.deepEqual(first.subscriber.failing(), [])
    })

    test('that was done is not repeated because that could not be written at once', async (t) => {
      const on = await setUp(t)
      const held = holdOpen()
      const letters = mail({ 'member-1 v1': () => held.passed })
      let failures = 0
      const transaction: typeof on.database.transaction = (...args) =>
        failures-- > 0 ? Promise.reject(new Error('the database is away')) : on.database.transaction(...args)
      await on.record(1)
      const listening = { log: on.log, database: { ...on.database, transaction } }
      const { subscriber, told, until } = await subscribe(t, listening, letters.on(brief))
      await untilTrue(async () => (await listParked(on.own.reader)).length === 1)
      failures = 2
      held.letGo()
      await until(() => told.retried.length === 2)
      await until(() => told.handled === 1)
      await untilTrue(() => subscriber.failing().length === 0)
      assert.deepEqual(letters.begun, ['member-1 v1'])
      assert.deepEqual(await listParked(on.own.reader), [])
    })

    test('goes on while another event of its partition fails', async (t) => {
      const on = await setUp(t)
      const held = holdOpen()
      let isDown = true
      const letters = mail({
        'member-1 v1': () => held.passed,
        'member-9 v1': () => (isDown ? down() : Promise.resolve()),
      })
      await on.record(1, 1, 9)
      const { told, until } = await subscribe(t, on, letters.on(brief))
      await until(() => told.waiting.length === 1 && told.retried.length > 0)
      held.letGo()
      await until(() => told.redriven === 1)
      assert.deepEqual(letters.sent, ['member-1 v1', 'member-1 v2'])
      assert.deepEqual(await listParked(on.own.reader), [])
      isDown = false
      await until(() => told.handled === 2)
    })

    test('among very many that are redriven is one of so many at once', async (t) => {
      const on = await setUp(t)
      const held = holdOpen()
      let isDown = true
      const members = Array.from({ length: 40 }, (_, i) => 1 + 8 * i)
      const behave = () => (isDown ? refuse() : held.passed)
      const letters = mail(Object.fromEntries(members.map((n) => [`member-${n} v1`, behave])))
      await on.record(...members)
      const { told, until } = await subscribe(t, on, letters.on({ effectsPerPosition: 50 }))
      await until(() => told.parked.length === 40)
      isDown = false
      letters.most.underWay = 0
      await requestRedrive(on.own)
      await untilTrue(() => letters.begun.length >= 56)
      held.letGo()
      await until(() => told.redriven === 40)
      assert.equal(letters.most.underWay, 16)
      assert.equal(new Set(letters.sent).size, 40)
    })
  })
