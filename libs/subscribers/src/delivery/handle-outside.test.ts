import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { listParked, requestRedrive } from '../parking/parking.ts'
import { engines, holdOpen, refuse, subscribe } from '../testing/greeter.ts'
import { mail, untilTrue } from '../testing/mail.ts'

const brief = { setAsideAfterMs: 10 }

for (const { engine, skip, setUp } of engines)
  describe(`an effect outside, with positions on ${engine}`, { skip }, () => {
    test('that takes long is begun once, and nobody else waits for the database meanwhile', async (t) => {
      const on = await setUp(t)
      const held = holdOpen()
      const { begun, sent, on: letters } = mail({ 'member-1 v1': () => held.passed })
      await on.record(1)
      const { subscriber, told, until } = await subscribe(t, on, letters({ setAsideAfterMs: 60_000 }))
      await untilTrue(() => begun.length === 1)
      await on.database.transaction((tx) =>
        tx.insertInto('greetings').values({ stream: 'somebody', version: 1 }).execute(),
      )
      assert.deepEqual(subscriber.failing(), [])
      held.letGo()
      await until(() => told.handled === 1)
      assert.deepEqual([begun, sent], [['member-1 v1'], ['member-1 v1']])
    })

    test('that hangs stops its stream, no other, and is said; when it ends, what waited follows by itself', async (t) => {
      const on = await setUp(t)
      const held = holdOpen()
      const { begun, sent, on: letters } = mail({ 'member-1 v1': () => held.passed })
      await on.record(1, 1, 9, 2, 1, 9)
      const { subscriber, told, until } = await subscribe(t, on, letters({ ...brief, effectsPerPosition: 2 }))
      await until(() => told.handled === 3 && told.waiting.length === 2)
      assert.deepEqual(sent.toSorted(), ['member-2 v1', 'member-9 v1', 'member-9 v2'])
      assert.deepEqual(told.slow, ['member-1 v1'])
      assert.deepEqual(subscriber.failing(), [
        { group: 'greeter', topic: 'member-events', partition: 1, stream: 'member-1', code: 'HANDLER_SLOW' },
      ])
      const parked = await listParked(on.own.reader)
      assert.deepEqual(
        parked.map(({ record, isUnderWay, reason }) => [record.streamVersion, isUnderWay, reason]),
        [
          [1, true, null],
          [2, false, null],
          [3, false, null],
        ],
      )
      held.letGo()
      await until(() => told.handled === 4 && told.redriven === 2)
      assert.deepEqual(
        begun.filter((letter) => letter.startsWith('member-1')),
        ['member-1 v1', 'member-1 v2', 'member-1 v3'],
      )
      assert.deepEqual(begun.toSorted(), sent.toSorted())
      assert.deepEqual(await listParked(on.own.reader), [])
      assert.deepEqual(subscriber.failing(), [])
    })

    test('of a stream in which each is slow does not hold up the other streams for all of them', async (t) => {
      const on = await setUp(t)
      const slow = () => delay(60)
      const { sent, on: letters } = mail({ 'member-1 v1': slow, 'member-1 v2': slow, 'member-1 v3': slow })
      await on.record(1, 1, 1, 9)
      const { told, until } = await subscribe(t, on, letters({ setAsideAfterMs: 100, effectsPerPosition: 50 }))
      await until(() => told.redriven > 0)
      assert.ok(told.waiting.includes('member-1 v3'))
      assert.deepEqual(sent.slice(-1), ['member-1 v3'])
      assert.equal(new Set(sent).size, 4)
    })

    test('that never ends is asked to end and parked, and can be redriven', async (t) => {
      const on = await setUp(t)
      let asked: unknown
      let isDown = true
      const hang = (signal: AbortSignal) => {
        if (!isDown) return Promise.resolve()
        signal.addEventListener('abort', () => (asked = signal.reason))
        return new Promise<void>(() => undefined)
      }
      const { sent, on: letters } = mail({ 'member-1 v1': hang })
      await on.record(1, 1)
      const { subscriber, told, until } = await subscribe(t, on, letters({ ...brief, limitMs: 50 }))
      await until(() => told.parked.length === 1 && told.waiting.length === 1)
      assert.equal((asked as { code: string }).code, 'HANDLER_TIMED_OUT')
      const [first] = await listParked(on.own.reader)
      assert.deepEqual(
        [first!.reason!.code, first!.isUnderWay, first!.isRedriving],
        ['HANDLER_TIMED_OUT', false, false],
      )
      assert.deepEqual(subscriber.failing(), [])
      isDown = false
      await requestRedrive(on.own)
      await until(() => told.redriven === 2)
      assert.deepEqual(sent, ['member-1 v1', 'member-1 v2'])
    })

    test('that fails is tried again, and those beside it that were done are not', async (t) => {
      const on = await setUp(t)
      let failures = 2
      const fail = () => (failures-- > 0 ? Promise.reject(new Error('no connection')) : Promise.resolve())
      const { begun, sent, on: letters } = mail({ 'member-1 v1': fail })
      await on.record(1, 9, 17)
      const { subscriber, told, until } = await subscribe(t, on, letters({ effectsPerPosition: 50 }))
      await until(() => told.handled === 3)
      assert.deepEqual(subscriber.failing(), [])
      assert.equal(begun.filter((letter) => letter === 'member-1 v1').length, 3)
      assert.equal(begun.length, 5)
      assert.deepEqual(sent.toSorted(), ['member-1 v1', 'member-17 v1', 'member-9 v1'])
    })

    test('that was done beside one that failed is not repeated after a stop', async (t) => {
      const on = await setUp(t)
      let isDown = true
      const fail = () => (isDown ? Promise.reject(new Error('no connection')) : Promise.resolve())
      const { begun, sent, on: letters } = mail({ 'member-1 v1': fail })
      await on.record(1, 9, 1)
      const first = await subscribe(t, on, letters({ effectsPerPosition: 50 }))
      await first.until(() => first.told.retried.length > 0)
      await untilTrue(() => sent.includes('member-9 v1'))
      await first.subscriber.stop()
      isDown = false
      const second = await subscribe(t, on, letters({ effectsPerPosition: 50 }))
      await second.until(() => second.told.redriven === 2)
      assert.deepEqual(sent, ['member-9 v1', 'member-1 v1', 'member-1 v2'])
      assert.equal(begun.filter((letter) => letter === 'member-9 v1').length, 1)
    })

    test('that is redriven when its subscriber stops is followed by what waits, when the next one starts', async (t) => {
      const on = await setUp(t)
      const held = holdOpen()
      let tries = 0
      const { begun, sent, on: letters } = mail({ 'member-1 v1': () => (tries++ === 0 ? refuse() : held.passed) })
      await on.record(1)
      const first = await subscribe(t, on, letters({ setAsideAfterMs: 60_000 }))
      await first.until(() => first.told.parked.length === 1)
      await requestRedrive(on.own)
      await untilTrue(() => begun.length === 2)
      await on.record(1)
      await first.until(() => first.told.waiting.length === 1)
      const stopped = first.subscriber.stop()
      held.letGo()
      await stopped
      const second = await subscribe(t, on, letters({}))
      await second.until(() => second.told.redriven === 1)
      assert.deepEqual(sent, ['member-1 v1', 'member-1 v2'])
    })

    test('under way in a member that lives is left to it; in one that is gone it is done again, in order', async (t) => {
      const on = await setUp(t)
      const held = holdOpen()
      const elsewhere = await on.openDatabase()
      const before = mail({ 'member-1 v1': () => held.passed })
      await on.record(1, 1)
      const first = await subscribe(t, { database: elsewhere, log: await on.openLog() }, before.on(brief))
      await first.until(() => first.told.waiting.length === 1)
      const after = mail({})
      let asked = 0
      const lock: typeof on.database.lock = (...args) => {
        asked++
        return on.database.lock(...args)
      }
      const second = await subscribe(t, { log: on.log, database: { ...on.database, lock } }, after.on(brief))
      await untilTrue(() => asked === 2)
      assert.deepEqual(after.begun, [])
      // As its process would end: nothing is finished, and its connections are gone.
      await elsewhere.close()
      await second.until(() => second.told.redriven === 2)
      assert.deepEqual(after.sent, ['member-1 v1', 'member-1 v2'])
      assert.deepEqual(await listParked(on.own.reader), [])
      held.letGo()
    })

    test('is one of so many at once, in all partitions together; a slow one is not counted', async (t) => {
      const on = await setUp(t)
      const gates = [1, 2, 3, 4, 5].map(() => holdOpen())
      let most = 0
      let underWay = 0
      const held = async (n: number) => {
        most = Math.max(most, ++underWay)
        await gates[n - 1]!.passed
        underWay--
      }
      const { begun, on: letters } = mail(
        Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`member-${n} v1`, () => held(n)])),
      )
      await on.record(1, 2, 3, 4, 5)
      const { told, until } = await subscribe(t, { ...on, effectsAtOnce: 2 }, letters({ setAsideAfterMs: 60_000 }))
      await untilTrue(() => begun.length === 2)
      for (const letter of begun) gates[Number(letter[7]) - 1]!.letGo()
      await untilTrue(() => begun.length === 4)
      for (const gate of gates) gate.letGo()
      await until(() => told.handled === 5)
      assert.equal(most, 2)

      const hanging = holdOpen()
      const slow = mail({ 'member-6 v1': () => hanging.passed, 'member-7 v1': () => hanging.passed })
      await on.record(6, 7, 8)
      const other = await subscribe(t, { ...on, group: 'slow', effectsAtOnce: 2 }, slow.on(brief))
      await other.until(() => other.told.handled === 6)
      hanging.letGo()
      await other.until(() => other.told.handled === 8)
    })

    test('does not let a mail server that hangs take all there is: after some, their partition waits', async (t) => {
      const on = await setUp(t)
      const held = holdOpen()
      const members = Array.from({ length: 20 }, (_, i) => 1 + 8 * i)
      const {
        begun,
        sent,
        on: letters,
      } = mail(Object.fromEntries(members.map((n) => [`member-${n} v1`, () => held.passed])))
      await on.record(...members, 2)
      const { subscriber, told, until } = await subscribe(t, on, letters(brief))
      await until(() => told.slow.length === 17 && told.handled === 1)
      assert.equal(begun.length, 18)
      held.letGo()
      await until(() => told.handled === 21)
      assert.equal(new Set(sent).size, 21)
      assert.equal(begun.length, 21)
      assert.deepEqual(subscriber.failing(), [])
    })
  })
