import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { listParked } from '../parking/parking.ts'
import { assignable, engines, holdOpen, subscribe } from '../testing/greeter.ts'
import { losing, mail, untilTrue } from '../testing/mail.ts'

const brief = { setAsideAfterMs: 10 }
const untilAsked = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
const patient = { setAsideAfterMs: 60_000 }

for (const { engine, skip, setUp } of engines)
  describe(`an effect outside that is to end, with positions on ${engine}`, { skip }, () => {
    test('because its partition is lost is asked to, and is the next owner’s', async (t) => {
      const on = await setUp(t)
      const { log, lose } = losing(on.log)
      let isFirst = true
      const letters = mail({ 'member-1 v1': (signal) => (isFirst ? untilAsked(signal) : Promise.resolve()) })
      await on.record(1, 1)
      const { subscriber, told, until } = await subscribe(t, { ...on, log }, letters.on(patient))
      await untilTrue(() => letters.begun.length === 1)
      isFirst = false
      lose()
      await until(() => told.handled === 2)
      assert.deepEqual(letters.sent, ['member-1 v1', 'member-1 v2'])
      assert.deepEqual([told.slow, await listParked(on.own.reader), subscriber.failing()], [[], [], []])
    })

    test('and does not, is not begun again beside itself when its partition comes back', async (t) => {
      const on = await setUp(t)
      const { log, lose } = losing(on.log)
      const held = holdOpen()
      let isFirst = true
      const letters = mail({
        'member-1 v1': () => held.passed,
        'member-9 v1': (signal) => (isFirst ? untilAsked(signal) : Promise.resolve()),
      })
      await on.record(1, 9)
      const { told, until } = await subscribe(t, { ...on, log }, letters.on({ ...patient, effectsPerPosition: 2 }))
      await untilTrue(() => letters.begun.length === 2)
      isFirst = false
      lose()
      await untilTrue(() => letters.sent.includes('member-9 v1'))
      await turn()
      assert.equal(letters.begun.filter((letter) => letter === 'member-1 v1').length, 1)
      held.letGo()
      await until(() => told.handled === 2)
    })

    test('is not set aside in a partition that is lost', async (t) => {
      const on = await setUp(t)
      const { log, assign } = assignable(on.log)
      const held = holdOpen()
      const letters = mail({ 'member-1 v1': () => held.passed })
      const { told, until } = await subscribe(t, { ...on, log }, letters.on(brief))
      assign([2])
      await on.record(1, 9)
      await until(() => told.slow.length === 1)
      // Were it aside, the other of its partition would have been sent by then.
      for (let n = 1; n <= 3; n++) {
        await on.record(2)
        await until(() => told.handled >= n)
      }
      assert.deepEqual(letters.sent, ['member-2 v1', 'member-2 v2', 'member-2 v3'])
      assert.deepEqual(await listParked(on.own.reader), [])
      held.letGo()
      await until(() => told.handled === 5)
    })

    test('and ignores it holds up no stop; it is the next owner’s, as are those for which no room was aside', async (t) => {
      const on = await setUp(t)
      const held = holdOpen()
      const members = Array.from({ length: 20 }, (_, i) => 1 + 8 * i)
      const letters = mail(Object.fromEntries(members.map((n) => [`member-${n} v1`, () => held.passed])))
      const waiting = mail({ 'member-2 v1': () => held.passed })
      await on.record(...members, 2)
      let isKnownToLive = false
      const lock: typeof on.database.lock = async (...args) => {
        const lockHeld = await on.database.lock(...args)
        isKnownToLive = true
        return lockHeld
      }
      const listening = { log: on.log, database: { ...on.database, lock } }
      const some = await subscribe(t, listening, letters.on({ ...brief, effectsPerPosition: 50 }))
      const other = await subscribe(t, { ...on, group: 'patient' }, waiting.on(patient))
      await some.until(() => some.told.slow.length === 20)
      await untilTrue(() => waiting.begun.includes('member-2 v1'))
      await untilTrue(() => isKnownToLive)
      await turn()
      const at = performance.now()
      await Promise.all([some.subscriber.stop(), other.subscriber.stop()])
      assert.ok(performance.now() - at < 10_000)
      const parked = await listParked(on.own.reader, { group: 'greeter' })
      assert.equal(parked.filter(({ isUnderWay }) => isUnderWay).length, 16)
      assert.equal(parked.filter(({ isRedriving }) => isRedriving).length, 20)
      held.letGo()
    })
  })
