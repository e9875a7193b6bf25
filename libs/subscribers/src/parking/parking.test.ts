import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { inTransaction } from '../handlers/in-transaction.ts'
import { listParked, requestRedrive } from './parking.ts'
import { assignable, engines, greet, refuse, subscribe, type Handle } from '../testing/greeter.ts'

for (const { engine, skip, setUp } of engines)
  describe(`a poison event on ${engine}`, { skip }, () => {
    const poisoned =
      (poison: () => boolean): Handle =>
      async (event, context) => {
        if (poison() && event.record.stream === 'member-1' && event.record.streamVersion === 2) await refuse()
        await greet(event, context)
      }

    test('parks with all that follows in its stream, in order; every other stream goes on, also in its partition', async (t) => {
      const on = await setUp(t)
      await on.record(1, 1, 9, 1, 2, 9)
      const { told, until } = await subscribe(t, on, { MemberJoined: inTransaction(poisoned(() => true)) })
      await until(() => told.passed === 6)
      assert.deepEqual((await on.greetings()).toSorted(), ['member-1 v1', 'member-2 v1', 'member-9 v1', 'member-9 v2'])
      assert.deepEqual(told.parked, ['member-1 v2'])
      const parked = await listParked(on.own.reader, { stream: 'member-1' })
      assert.deepEqual(
        parked.map(({ record, reason }) => [record.streamVersion, reason]),
        [
          [2, { code: 'NOBODY_THERE', message: 'nobody lives there' }],
          [3, null],
        ],
      )
    })

    test('that is redriven is delivered before what waited behind it and what came meanwhile', async (t) => {
      const on = await setUp(t)
      let poison = true
      await on.record(1, 1, 1)
      const { told, until } = await subscribe(t, on, { MemberJoined: inTransaction(poisoned(() => poison)) })
      await until(() => told.passed === 3)
      poison = false
      const [asked] = await Promise.all([requestRedrive(on.own, { stream: 'member-1' }), on.record(1, 1)])
      assert.equal(asked, 2)
      await until(() => told.passed === 5 && told.redriven >= 2)
      assert.deepEqual(await listParked(on.own.reader), [])
      assert.deepEqual(await on.greetings(), [
        'member-1 v1',
        'member-1 v2',
        'member-1 v3',
        'member-1 v4',
        'member-1 v5',
      ])
    })

    test('that is redriven and still cannot be handled stays, with what is behind it', async (t) => {
      const on = await setUp(t)
      await on.record(1, 1, 1)
      const { told, until } = await subscribe(t, on, { MemberJoined: inTransaction(poisoned(() => true)) })
      await until(() => told.passed === 3)
      await requestRedrive(on.own)
      const isTriedTwice = async () => (await listParked(on.own.reader))[0]!.attempts === 2
      while (!(await isTriedTwice())) await new Promise(setImmediate)
      const parked = await listParked(on.own.reader)
      assert.deepEqual(
        parked.map(({ record, isRedriving }) => [record.streamVersion, isRedriving]),
        [
          [2, false],
          [3, false],
        ],
      )
      assert.deepEqual(await on.greetings(), ['member-1 v1'])
    })

    test('is redriven by the member that reads its partition, and by no other', async (t) => {
      const on = await setUp(t)
      let poison = true
      await on.record(1, 2)
      const assigned = assignable(on.log)
      const { told, until } = await subscribe(
        t,
        { ...on, log: assigned.log },
        { MemberJoined: inTransaction((event, context) => (poison ? refuse() : greet(event, context))) },
      )
      await until(() => told.parked.length === 2)
      poison = false
      assigned.assign([2])
      await requestRedrive(on.own)
      await until(() => told.redriven === 1)
      assert.deepEqual(await on.greetings(), ['member-2 v1'])
      assigned.assign([1])
      await until(() => told.redriven === 2)
      assert.deepEqual(await on.greetings(), ['member-2 v1', 'member-1 v1'])
    })

    test('whose redrive fails is said, tried again with a pause, and said no longer when it went well', async (t) => {
      const on = await setUp(t)
      let poison = true
      let failures = 2
      const at: number[] = []
      await on.record(1)
      const { subscriber, told, until } = await subscribe(t, on, {
        MemberJoined: inTransaction(async (event, context) => {
          if (poison) await refuse()
          at.push(performance.now())
          if (failures-- > 0) throw new Error('the line is down')
          await greet(event, context)
        }),
      })
      await until(() => told.parked.length === 1)
      assert.deepEqual(subscriber.failing(), [])
      poison = false
      await requestRedrive(on.own)
      await until(() => told.retried.length === 1)
      assert.deepEqual(
        subscriber.failing().map(({ partition, stream, code }) => [partition, stream, code]),
        [[1, 'member-1', 'INTERNAL']],
      )
      await until(() => told.redriven === 1)
      assert.deepEqual(subscriber.failing(), [])
      assert.equal(at.length, 3)
      // The look that comes every 5 ms begins nothing meanwhile.
      assert.ok(at[1]! - at[0]! >= 45)
    })
  })

for (const { engine, skip, setUp } of engines)
  test(
    `whatever fails and however often, every stream has each effect once and in order, on ${engine}`,
    { skip },
    async (t) => {
      const users = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 60 })
      const faults = fc.array(fc.constantFrom('none', 'none', 'none', 'before', 'after', 'poison'), {
        minLength: 1,
        maxLength: 20,
      })
      const check = async (recorded: readonly number[], pattern: readonly string[]) => {
        const on = await setUp(t)
        await on.record(...recorded)
        const seen = new Set<string>()
        let turn = 0
        let poison = true
        const { subscriber, told, until } = await subscribe(t, on, {
          MemberJoined: inTransaction(async (event, context) => {
            const fault = seen.has(event.record.eventId) ? 'none' : pattern[turn++ % pattern.length]
            if (fault === 'poison' && poison) await refuse()
            seen.add(event.record.eventId)
            if (fault === 'before') throw new Error('before the effect')
            await greet(event, context)
            if (fault === 'after') throw new Error('after the effect')
          }),
        })
        await until(() => told.passed === recorded.length)
        poison = false
        await requestRedrive(on.own)
        while ((await listParked(on.own.reader)).length > 0) await new Promise(setImmediate)
        await subscriber.stop()
        const byStream = Map.groupBy(await on.greetings(), (line) => line.split(' ')[0])
        assert.equal([...byStream.values()].flat().length, recorded.length)
        for (const [stream, lines] of byStream)
          assert.deepEqual(
            lines,
            lines.map((_, i) => `${stream} v${i + 1}`),
          )
      }
      await fc.assert(fc.asyncProperty(users, faults, check), { numRuns: 10, endOnFailure: true })
    },
  )
