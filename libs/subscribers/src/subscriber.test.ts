import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { MagasinError } from '@magasin/contracts/magasin-error'
import { club } from '@magasin/contracts/testing/members'
import type { EventLog } from '@magasin/event-log/event-log'
import { appendEvents } from '@magasin/event-log/testing/event-tables'
import { command } from './handlers/command.ts'
import { inTransaction } from './handlers/in-transaction.ts'
import { outside } from './handlers/outside.ts'
import { countParked, listParked } from './parking/parking.ts'
import { engines, greet, refuse, stuttering, subscribe } from './testing/greeter.ts'

const greeting = { MemberJoined: inTransaction(greet) }

for (const { engine, skip, setUp } of engines)
  describe(`a subscriber on ${engine}`, { skip }, () => {
    test('that comes late begins at the first event, and goes on where it stopped', async (t) => {
      const on = await setUp(t)
      await on.record(1, 2, 1, 1)
      const first = await subscribe(t, on, greeting)
      await first.until(() => first.told.passed === 4)
      await first.subscriber.stop()
      await on.record(1)
      const second = await subscribe(t, on, greeting)
      await second.until(() => second.told.passed === 1)
      const all = await on.greetings()
      assert.deepEqual(
        all.filter((line) => line.startsWith('member-1')),
        ['member-1 v1', 'member-1 v2', 'member-1 v3', 'member-1 v4'],
      )
      assert.equal(all.length, 5)
    })

    test('to which every event is delivered ten times has each effect once', async (t) => {
      const on = await setUp(t)
      await on.record(...Array.from({ length: 50 }, (_, i) => 1 + (i % 5)))
      const { log, repeats } = stuttering(on.log)
      const { told, until } = await subscribe(t, { ...on, log }, greeting)
      await until(() => told.passed >= 50)
      const codes = (await Promise.allSettled(repeats)).map((one) =>
        one.status === 'fulfilled' ? 'done' : one.reason.code,
      )
      // Five users in five partitions, all of each in one delivery.
      const expected = ['done', ...Array.from({ length: 9 }, () => 'POSITION_MOVED')]
      assert.deepEqual(codes, Array.from({ length: 5 }, () => expected).flat())
      assert.equal((await on.greetings()).length, 50)
    })

    test('that wakes after another took over changes nothing', async (t) => {
      const on = await setUp(t)
      await on.record(1)
      const { promise: sleeping, resolve: fellAsleep } = Promise.withResolvers<void>()
      const { promise: woken, resolve: wake } = Promise.withResolvers<void>()
      const { promise: tried, resolve: hasTried } = Promise.withResolvers<unknown>()
      // It has read the event and sleeps before its transaction; SQLite would let nobody else in during it.
      const sleepy: EventLog = {
        ...on.log,
        subscribe: (request) =>
          on.log.subscribe({
            ...request,
            async deliver(records, signal) {
              fellAsleep()
              await woken
              await request.deliver(records, signal).then(hasTried, hasTried)
            },
          }),
      }
      const zombie = await subscribe(t, { ...on, log: sleepy }, greeting)
      await sleeping
      const successor = await subscribe(t, { ...on, log: await on.openLog() }, greeting)
      await successor.until(() => successor.told.passed === 1)
      wake()
      assert.equal(((await tried) as MagasinError | undefined)?.code, 'POSITION_MOVED')
      assert.equal(zombie.told.passed, 0)
      assert.deepEqual(await on.greetings(), ['member-1 v1'])
    })

    test('whose handler fails leaves no half effect, tries again, and holds up no other partition', async (t) => {
      const on = await setUp(t)
      await on.record(1, 1, 2)
      let failures = 3
      const { subscriber, told, until } = await subscribe(t, on, {
        MemberJoined: inTransaction(async (event, context) => {
          await greet(event, context)
          if (event.record.stream === 'member-1' && failures > 0) {
            failures--
            throw new Error('the line is down')
          }
        }),
      })
      await until(() => told.retried.length > 0)
      const failing = { group: 'greeter', topic: 'member-events', partition: 1, stream: null, code: 'INTERNAL' }
      assert.deepEqual(subscriber.failing(), [failing])
      await until(() => told.passed === 3)
      assert.deepEqual((await on.greetings()).toSorted(), ['member-1 v1', 'member-1 v2', 'member-2 v1'])
      assert.deepEqual(subscriber.failing(), [])
    })

    test('passes over what it does not name, known or not, and parks what it names and cannot read', async (t) => {
      const on = await setUp(t)
      const value = '{"id":1,"name":"A","contact":"a@b.c","level":1}'
      let version = 0
      const of = (type: string, n: number, schemaVersion = 2) => ({
        logId: on.logId,
        partition: 0,
        stream: `member-${n}`,
        streamVersion: ++version,
        type,
        schemaVersion,
        value,
      })
      await appendEvents(on.store, [
        of('MemberLeft', 1),
        of('MemberPromoted', 2),
        of('MemberLeft', 2, 99),
        { ...of('toString', 2), value: 'not JSON' },
        of('MemberJoined', 2),
        of('MemberJoined', 3, 99),
      ])
      const { told, until } = await subscribe(t, on, greeting)
      await until(() => told.passed === 6)
      assert.deepEqual(await on.greetings(), ['member-2 v5'])
      const parked = await listParked(on.own.reader)
      assert.deepEqual(
        parked.map(({ record, reason }) => [record.stream, reason?.code]),
        [['member-3', 'EVENT_SCHEMA_NEWER']],
      )
    })

    test('reads all topics of the types that it names, in one subscription', async (t) => {
      const on = await setUp(t)
      await on.record(1)
      const visited = { type: 'MemberVisited', data: { member: 1, note: 'played' } }
      await appendEvents(on.store, [
        {
          logId: on.logId,
          topic: 'visit-events',
          partition: 1,
          type: 'MemberVisited',
          schemaVersion: 1,
          stream: 'visits-1',
          eventId: 'visit',
          value: club.encode(visited, ''),
        },
      ])
      const notes: string[] = []
      const { subscriber, told, until } = await subscribe(t, on, {
        MemberJoined: inTransaction(greet),
        MemberVisited: inTransaction(async (event, context) => {
          notes.push(event.data.note)
          await greet(event, context)
        }),
      })
      await until(() => told.passed === 2)
      assert.deepEqual((await on.greetings()).toSorted(), ['member-1 v1', 'visits-1 v1'])
      assert.deepEqual(notes, ['played'])
      const read = subscriber.describe().partitions.filter(({ seq }) => seq > 0)
      assert.deepEqual(
        read.map(({ topic, partition, seq }) => [topic, partition, seq]),
        [
          ['member-events', 1, 1],
          ['visit-events', 1, 1],
        ],
      )
    })

    test('beside another in its process and database knows its own events and faults only', async (t) => {
      const on = await setUp(t)
      await on.record(1, 2)
      const other = await subscribe(t, { ...on, group: 'other' }, { MemberJoined: inTransaction(refuse) })
      const { subscriber, told, until } = await subscribe(t, on, {
        MemberJoined: inTransaction(() => Promise.reject(new Error('the line is down'))),
      })
      await Promise.all([other.until(() => other.told.passed === 2), until(() => subscriber.failing().length === 2)])
      assert.deepEqual([other.told.parked.length, other.subscriber.failing()], [2, []])
      assert.equal(told.passed, 0)
      assert.deepEqual(
        [await countParked(on.own.reader), await countParked(on.own.reader, { group: 'greeter' })],
        [2, 0],
      )
    })

    test('that names a type of no family is refused at start', async (t) => {
      const on = await setUp(t)
      await assert.rejects(subscribe(t, on, { MemberPromoted: inTransaction(greet) } as object), {
        code: 'EVENT_TYPE_UNKNOWN',
      })
    })

    test('with a handler of none of the three kinds is refused at start, and loses no event', async (t) => {
      const on = await setUp(t)
      await on.record(1)
      const others = [
        () => Promise.resolve(),
        undefined,
        null,
        { handle: greet },
        { kind: 'outside' },
        { kind: 'other' },
      ]
      for (const other of others)
        await assert.rejects(subscribe(t, on, { MemberJoined: other } as object), {
          name: 'TypeError',
          message: /greeter .* MemberJoined .* inTransaction\(…\), outside\(…\) and command\(…\)/,
        })
      for (const make of [() => inTransaction({} as never), () => outside({} as never), () => command({} as never)])
        assert.throws(make, TypeError)
      const { until, told } = await subscribe(t, on, greeting)
      await until(() => told.passed === 1)
      assert.deepEqual(await on.greetings(), ['member-1 v1'])
    })
  })
