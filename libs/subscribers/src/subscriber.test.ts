import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { encodeEvent } from '@magasin/contracts/event-codec'
import type { DecodedEvent } from '@magasin/contracts/event-record'
import type { EventTables } from '@magasin/contracts/event-tables'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog } from '@magasin/event-log/event-log'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { appendEvents, createEventTables } from '@magasin/event-log/testing/event-tables'
import { narrowDatabase } from '@magasin/sql/narrow'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { temporaryFolder } from '@magasin/contracts/testing/temporary-folder'
import fc from 'fast-check'
import { listParked, requestRedrive } from './parking.ts'
import { openSubscriber, type SubscriberOptions } from './subscriber.ts'
import type { HandlerContext } from './subscription.ts'
import type { SubscriberTables } from './tables.ts'

interface GreetingTables extends SubscriberTables {
  /** The effects: one row for each event that was handled, in order. */
  greetings: { id?: number; stream: string; version: number }
}

type Handle = (event: DecodedEvent, context: HandlerContext<GreetingTables>) => Promise<void>

const greet: Handle = async ({ record }, { tx }) => {
  await tx.insertInto('greetings').values({ stream: record.stream, version: record.streamVersion }).execute()
}

const refuse = () => Promise.reject(new MagasinError('RECIPIENT_REFUSED', 'nobody lives there'))

/** A log of user events and a subscriber's database, both of the test's own. */
async function setUp(t: TestContext) {
  const folder = temporaryFolder(t)
  const store = openSqlite<EventTables>({ file: join(folder, 'store.db') })
  const logId = await createEventTables(store)
  const database = openSqlite<GreetingTables>({ file: join(folder, 'greetings.db') })
  await database.changeSchema(async (db) => {
    const table = db.schema.createTable('greetings').addColumn('id', 'integer', (column) => column.primaryKey())
    await table.addColumn('stream', 'text').addColumn('version', 'integer').execute()
  })
  const log = await openTableLog({ database: store })
  t.after(async () => {
    await log.close()
    await Promise.all([store.close(), database.close()])
  })
  /** Records an event of `user-{n}`, in partition n. */
  const versions = new Map<number, number>()
  const record = (...users: readonly number[]) =>
    appendEvents(
      store,
      users.map((n) => {
        const version = (versions.get(n) ?? 0) + 1
        versions.set(n, version)
        const data = { id: n, name: `Person ${n}`, email: `p${n}@example.com`, user_type_id: 1 } as const
        return {
          logId,
          partition: n % 8,
          stream: `user-${n}`,
          streamVersion: version,
          value: encodeEvent({ type: 'UserCreated', data }, ''),
        }
      }),
    )
  const greetings = async () =>
    (await database.reader.selectFrom('greetings').selectAll().orderBy('id').execute()).map(
      ({ stream, version }) => `${stream} v${version}`,
    )
  const own = narrowDatabase<SubscriberTables, GreetingTables>(database)
  return { store, database, own, log, logId, record, greetings }
}

async function subscribe(
  t: TestContext,
  on: { log: EventLog; database: SubscriberOptions<GreetingTables>['database'] },
  handle: Handle,
) {
  const told = { parked: [] as string[], retried: [] as unknown[], redriven: 0, passed: 0 }
  let check = (): void => undefined
  const subscriber = await openSubscriber<GreetingTables>({
    ...on,
    subscription: {
      group: 'greeter',
      topic: 'user-events',
      handles: ['UserCreated'],
      handle,
      eventsPerTransaction: 20,
    },
    redrivePollMs: 5,
    observer: {
      handled: (count) => ((told.passed += count), check()),
      retried: (error) => (told.retried.push(error), check()),
      parked({ stream, streamVersion }, reason) {
        if (reason !== null) told.parked.push(`${stream} v${streamVersion}`)
        told.passed++
        check()
      },
      redriven: (_, count) => ((told.redriven += count), check()),
      alarm: () => undefined,
    },
  })
  t.after(() => subscriber.stop())
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      check = () => condition() && resolve()
      check()
    })
  return { subscriber, told, until }
}

describe('a subscriber', () => {
  test('that comes late begins at the first event, and goes on where it stopped', async (t) => {
    const on = await setUp(t)
    await on.record(1, 2, 1, 1)
    const first = await subscribe(t, on, greet)
    await first.until(() => first.told.passed === 4)
    await first.subscriber.stop()
    await on.record(1)
    const second = await subscribe(t, on, greet)
    await second.until(() => second.told.passed === 1)
    const all = await on.greetings()
    assert.deepEqual(
      all.filter((line) => line.startsWith('user-1')),
      ['user-1 v1', 'user-1 v2', 'user-1 v3', 'user-1 v4'],
    )
    assert.equal(all.length, 5)
  })

  test('to which every event is delivered ten times has each effect once', async (t) => {
    const on = await setUp(t)
    await on.record(...Array.from({ length: 50 }, (_, i) => 1 + (i % 5)))
    const repeats: Promise<unknown>[] = []
    const stuttering: EventLog = {
      ...on.log,
      subscribe: (request) =>
        on.log.subscribe({
          ...request,
          async deliver(records, signal) {
            const tenTimes = Array.from({ length: 10 }, () => request.deliver(records, signal))
            repeats.push(...tenTimes)
            await tenTimes[0]
          },
        }),
    }
    const { told, until } = await subscribe(t, { ...on, log: stuttering }, greet)
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
    const zombie = await subscribe(t, { ...on, log: sleepy }, greet)
    await sleeping
    const successor = await subscribe(t, on, greet)
    await successor.until(() => successor.told.passed === 1)
    wake()
    assert.equal(((await tried) as MagasinError | undefined)?.code, 'POSITION_MOVED')
    assert.equal(zombie.told.passed, 0)
    assert.deepEqual(await on.greetings(), ['user-1 v1'])
  })

  test('whose handler fails leaves no half effect, tries again, and holds up no other partition', async (t) => {
    const on = await setUp(t)
    await on.record(1, 1, 2)
    let failures = 3
    const { subscriber, told, until } = await subscribe(t, on, async (event, context) => {
      await greet(event, context)
      if (event.data.id === 1 && failures > 0) {
        failures--
        throw new Error('the line is down')
      }
    })
    await until(() => told.retried.length > 0)
    assert.deepEqual([...subscriber.failing()], [[1, 'INTERNAL']])
    await until(() => told.passed === 3)
    assert.deepEqual((await on.greetings()).toSorted(), ['user-1 v1', 'user-1 v2', 'user-2 v1'])
    assert.equal(subscriber.failing().size, 0)
  })

  test('passes over events of types that it does not name, and parks those that nobody knows', async (t) => {
    const on = await setUp(t)
    const of = (type: string, n: number) => ({
      logId: on.logId,
      partition: 0,
      stream: `user-${n}`,
      type,
      value: '{"id":1,"name":"A","email":"a@b.c","user_type_id":1}',
    })
    await appendEvents(on.store, [of('UserDeleted', 1), of('UserPromoted', 2), of('UserCreated', 3)])
    const { told, until } = await subscribe(t, on, greet)
    await until(() => told.passed === 3)
    assert.deepEqual(await on.greetings(), ['user-3 v1'])
    const [parked] = await listParked(on.own.reader)
    assert.equal(parked!.reason!.code, 'EVENT_TYPE_UNKNOWN')
  })

  test('with positions in another log is refused at start', async (t) => {
    const [here, there] = [await setUp(t), await setUp(t)]
    await (await subscribe(t, here, greet)).subscriber.stop()
    await assert.rejects(subscribe(t, { log: there.log, database: here.database }, greet), {
      code: 'LOG_FOREIGN',
      message: /greeter/,
    })
  })
})

describe('a poison event', () => {
  const poisoned =
    (poison: () => boolean): Handle =>
    async (event, context) => {
      if (poison() && event.data.id === 1 && event.record.streamVersion === 2) await refuse()
      await greet(event, context)
    }

  test('parks with all that follows in its stream, in order; every other stream goes on, also in its partition', async (t) => {
    const on = await setUp(t)
    await on.record(1, 1, 9, 1, 2, 9)
    const { told, until } = await subscribe(
      t,
      on,
      poisoned(() => true),
    )
    await until(() => told.passed === 6)
    assert.deepEqual((await on.greetings()).toSorted(), ['user-1 v1', 'user-2 v1', 'user-9 v1', 'user-9 v2'])
    assert.deepEqual(told.parked, ['user-1 v2'])
    const parked = await listParked(on.own.reader, { stream: 'user-1' })
    assert.deepEqual(
      parked.map(({ record, reason }) => [record.streamVersion, reason]),
      [
        [2, { code: 'RECIPIENT_REFUSED', message: 'nobody lives there' }],
        [3, null],
      ],
    )
  })

  test('that is redriven is delivered before what waited behind it and what came meanwhile', async (t) => {
    const on = await setUp(t)
    let poison = true
    await on.record(1, 1, 1)
    const { told, until } = await subscribe(
      t,
      on,
      poisoned(() => poison),
    )
    await until(() => told.passed === 3)
    poison = false
    const [asked] = await Promise.all([requestRedrive(on.own, { stream: 'user-1' }), on.record(1, 1)])
    assert.equal(asked, 2)
    await until(() => told.passed === 5 && told.redriven >= 2)
    assert.deepEqual(await listParked(on.own.reader), [])
    assert.deepEqual(await on.greetings(), ['user-1 v1', 'user-1 v2', 'user-1 v3', 'user-1 v4', 'user-1 v5'])
  })

  test('that is redriven and still cannot be handled stays, with what is behind it', async (t) => {
    const on = await setUp(t)
    await on.record(1, 1, 1)
    const { told, until } = await subscribe(
      t,
      on,
      poisoned(() => true),
    )
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
    assert.deepEqual(await on.greetings(), ['user-1 v1'])
  })
})

test('whatever fails and however often, every stream has each effect once and in order', async (t) => {
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
    const { subscriber, told, until } = await subscribe(t, on, async (event, context) => {
      const fault = seen.has(event.record.id) ? 'none' : pattern[turn++ % pattern.length]
      if (fault === 'poison' && poison) await refuse()
      seen.add(event.record.id)
      if (fault === 'before') throw new Error('before the effect')
      await greet(event, context)
      if (fault === 'after') throw new Error('after the effect')
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
})
