import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EventStore } from '@magasin/event-store/event-store'
import { listParked, requestRedrive } from '../parking/parking.ts'
import { openDesk, refuseToWelcome, welcome } from '../testing/desk.ts'
import { engines, holdOpen, stuttering } from '../testing/greeter.ts'

for (const { engine, skip, setUp } of engines)
  describe(`a command that answers an event, on ${engine}`, { skip }, () => {
    test('is one, caused by that event and in its trace, if two members have it delivered ten times each', async (t) => {
      const on = await setUp(t)
      const recorded = await on.record(...Array.from({ length: 40 }, (_, i) => 1 + (i % 20)))
      const desks = [await openDesk(t, on.openDatabase), await openDesk(t, on.openDatabase)]
      const running = []
      for (const desk of desks) {
        const { log, repeats } = stuttering(await on.openLog())
        running.push({ repeats, ...(await desk.subscribe(log, welcome)) })
      }
      while (running.reduce((sum, { told }) => sum + told.passed, 0) < 40) await new Promise(setImmediate)
      for (const { repeats, subscriber } of running) {
        await Promise.allSettled(repeats)
        await subscriber.stop()
      }
      const welcomes = await desks[0]!.welcomes()
      const expected = recorded.map(({ stream, streamVersion, eventId, traceparent }) => ({
        stream: stream.replace('member', 'welcome'),
        causedBy: eventId,
        traceparent,
        times: streamVersion,
      }))
      const byCause = (a: { causedBy: string | null }, b: { causedBy: string | null }) =>
        String(a.causedBy).localeCompare(String(b.causedBy))
      assert.deepEqual(welcomes.toSorted(byCause), expected.toSorted(byCause))
    })

    test('whose process ended when it was committed is not carried out again by the next', async (t) => {
      const on = await setUp(t)
      await on.record(1, 1)
      const ended = holdOpen()
      const [before, after] = [await openDesk(t, on.openDatabase), await openDesk(t, on.openDatabase)]
      const committed = holdOpen()
      const dying: Pick<EventStore, 'execute'> = {
        async execute(command, context) {
          const executed = await before.store.execute(command, context)
          committed.letGo()
          await ended.passed
          return executed
        },
      }
      await before.subscribe(await on.openLog(), welcome, dying)
      await committed.passed
      const { told, until } = await after.subscribe(on.log, welcome)
      await until(() => told.handled === 1)
      ended.letGo()
      assert.deepEqual(
        (await after.welcomes()).map(({ times }) => times),
        [1, 2],
      )
    })

    test('whose answer was lost is not carried out again', async (t) => {
      const on = await setUp(t)
      await on.record(1, 1)
      const desk = await openDesk(t, on.openDatabase)
      let isLost = true
      const forgetful: Pick<EventStore, 'execute'> = {
        async execute(command, context) {
          const executed = await desk.store.execute(command, context)
          if (isLost) {
            isLost = false
            throw new Error('the line was cut')
          }
          return executed
        },
      }
      const { told, until } = await desk.subscribe(on.log, welcome, forgetful)
      await until(() => told.handled === 1)
      assert.deepEqual(
        (await desk.welcomes()).map(({ times }) => times),
        [1, 2],
      )
    })

    test('is not wanted by every event: one that it leaves alone is passed', async (t) => {
      const on = await setUp(t)
      await on.record(1, 2, 1)
      const desk = await openDesk(t, on.openDatabase)
      const { told, until } = await desk.subscribe(on.log, (member) => (member === 1 ? undefined : welcome(member)))
      await until(() => told.handled === 3)
      assert.deepEqual(
        (await desk.welcomes()).map(({ stream }) => stream),
        ['welcome-2'],
      )
    })

    test('that is refused parks its event; redriven, it is one, before what waited and what came meanwhile', async (t) => {
      const on = await setUp(t)
      await on.record(1, 1, 9)
      const desks = [await openDesk(t, on.openDatabase), await openDesk(t, on.openDatabase)]
      let isRefusing = true
      const answer = (member: number) => (isRefusing && member === 1 ? refuseToWelcome() : welcome(member))
      const [first, second] = desks
      const { told, until } = await first!.subscribe(on.log, answer)
      await until(() => told.passed === 3)
      assert.deepEqual([told.handled, told.parked, told.waiting], [1, ['member-1 v1'], ['member-1 v2']])
      const [parked] = await listParked(on.own.reader, { group: 'desk', stream: 'member-1' })
      assert.deepEqual(parked!.reason, { code: 'MEMBER_NOT_FOUND', message: 'there is no such member' })
      assert.equal((await first!.welcomes()).length, 1)
      isRefusing = false
      await second!.subscribe(await on.openLog(), answer)
      await Promise.all([requestRedrive(on.own), on.record(1)])
      while ((await first!.welcomes()).length < 4) await new Promise(setImmediate)
      while ((await listParked(on.own.reader)).length > 0) await new Promise(setImmediate)
      const ofFirst = (await first!.welcomes()).filter(({ stream }) => stream === 'welcome-1')
      const events = await on.store.reader
        .selectFrom('events')
        .select('event_id')
        .where('stream', '=', 'member-1')
        .orderBy('stream_version')
        .execute()
      assert.deepEqual(
        ofFirst.map(({ causedBy, times }) => [causedBy, times]),
        events.map(({ event_id }, i) => [event_id, i + 1]),
      )
    })
  })
