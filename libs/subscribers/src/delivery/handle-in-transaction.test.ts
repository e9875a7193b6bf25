import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'kysely'
import { inTransaction } from '../handlers/in-transaction.ts'
import { listParked } from '../parking/parking.ts'
import { engines, greet, holdOpen, subscribe } from '../testing/greeter.ts'

for (const { engine, skip, setUp } of engines)
  describe(`a handler in the transaction, on ${engine}`, { skip }, () => {
    test('that hangs is rolled back, then parked, and all others go on', async (t) => {
      const on = await setUp(t)
      await on.record(1, 9, 2, 1)
      const held = holdOpen()
      const late: Promise<void>[] = []
      const signals: AbortSignal[] = []
      const { told, until } = await subscribe(t, on, {
        MemberJoined: inTransaction(
          async (event, context) => {
            await greet(event, context)
            if (event.record.stream !== 'member-1') return
            signals.push(context.signal)
            await held.passed
            const writing = greet(event, context)
            late.push(writing)
            await writing
          },
          { limitMs: 150 },
        ),
      })
      await until(() => told.passed === 4)
      assert.deepEqual((await on.greetings()).toSorted(), ['member-2 v1', 'member-9 v1'])
      assert.deepEqual([told.parked, told.waiting], [['member-1 v1'], ['member-1 v2']])
      assert.equal((await listParked(on.own.reader))[0]!.reason!.code, 'HANDLER_TIMED_OUT')
      assert.ok(told.retried.length >= 2)
      assert.ok(signals.every(({ aborted }) => aborted))
      held.letGo()
      while (late.length < signals.length) await new Promise(setImmediate)
      for (const one of await Promise.allSettled(late)) assert.equal(one.status, 'rejected')
      await on.record(2)
      await until(() => told.passed === 5)
      assert.deepEqual((await on.greetings()).toSorted(), ['member-2 v1', 'member-2 v2', 'member-9 v1'])
    })

    // On SQLite each query is answered before anything else happens.
    if (engine === 'SQLite') return
    test('leaves nothing of what it had sent when it was over its limit', async (t) => {
      const on = await setUp(t)
      await on.record(1)
      const { told, until } = await subscribe(t, on, {
        MemberJoined: inTransaction(
          async (event, { tx, signal }) => {
            if (event.record.streamVersion === 2) return
            const slow = sql`select sleep(0.4)`.execute(tx)
            await Promise.all([slow, greet(event, { tx, signal })])
          },
          { limitMs: 100 },
        ),
      })
      await until(() => told.parked.length === 1)
      // Whatever lies about in the connections would be committed by those who use them next.
      await Promise.all(Array.from({ length: 20 }, () => on.database.transaction((tx) => sql`select 1`.execute(tx))))
      assert.deepEqual(await on.greetings(), [])
    })
  })
