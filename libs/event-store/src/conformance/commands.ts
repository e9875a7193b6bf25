import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { partitionOf } from '@magasin/contracts/partition-of'
import { club } from '@magasin/contracts/testing/members'
import type { RecordedEnds } from '@magasin/event-log/recorded-ends'
import { holdCommits } from '@magasin/sql/testing/hold-commits'
import { findFlaw } from '../testing/find-flaw.ts'
import { create, people, remove } from '../testing/people.ts'
import type { Given } from '../commands/command.ts'
import type { EventStoreCase } from './event-store-case.ts'

export function commandTests({ open }: EventStoreCase): void {
  test('leaves its event, its state and its answer, together', async (t) => {
    const { database, store } = await open(t)
    const shop = await store({ now: () => new Date('2026-01-01T00:00:00Z') })
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const { positions, ...executed } = await shop.execute(create(7), { traceparent })
    assert.deepEqual(executed, { answer: { id: 7 }, repeated: false })
    const [event, ...more] = (await shop.readStream('member-7')).map((one) => club.decode(one))
    assert.deepEqual(more, [])
    assert.deepEqual(event!.data, { id: 7, contact: 'p7@example.com', name: 'Person 7', level: 1 })
    const { eventId, ...record } = event!.record
    assert.deepEqual(positions, [{ topic: 'member-events', partition: record.partition, seq: 1 }])
    assert.match(eventId, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    assert.deepEqual(record, {
      logId: shop.logId,
      topic: 'member-events',
      partition: record.partition,
      seq: 1,
      commandNo: 1,
      commandIndex: 0,
      type: 'MemberJoined',
      stream: 'member-7',
      streamVersion: 1,
      schemaVersion: 2,
      time: '2026-01-01T00:00:00.000Z',
      causedBy: null,
      traceparent,
      value: record.value,
    })
    assert.deepEqual(
      await database.reader
        .selectFrom('people')
        .select('id')
        .execute()
        .then((rows) => rows.map(({ id }) => id)),
      [7],
    )
  })

  test('that is refused leaves nothing, and says why', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    await assert.rejects(shop.execute(remove(9)), { code: 'MEMBER_NOT_FOUND', facts: { deleted: false } })
    assert.deepEqual(await database.reader.selectFrom('events').selectAll().execute(), [])
  })

  test('sees what every command before it did, also in the same transaction', async (t) => {
    const { store } = await open(t)
    const shop = await store()
    const results = await Promise.allSettled([
      shop.execute(create(1, 'ada@example.com')),
      shop.execute(create(2, 'ada@example.com')),
      shop.execute(remove(1)),
      shop.execute(create(3, 'ada@example.com')),
      shop.execute(remove(1)),
    ])
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? 'done' : result.reason.code)),
      ['done', 'CONTACT_TAKEN', 'done', 'done', 'MEMBER_NOT_FOUND'],
    )
    assert.deepEqual(
      (await shop.readStream('member-1')).map(({ type, streamVersion }) => [type, streamVersion]),
      [
        ['MemberJoined', 1],
        ['MemberLeft', 2],
      ],
    )
  })

  test('fails alone, whatever fails in it', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    const broken = {
      ...create(2),
      decide: () => {
        throw new TypeError('a fault of the program')
      },
    }
    const invalid = {
      ...create(3),
      decide: () => ({
        events: [{ type: 'MemberJoined', data: { id: 3, contact: '', name: '', level: 1 } }] as const,
        answer: 0,
      }),
    }
    const undeclared = { reads: [], decide: create(4).decide }
    const unprojectable = {
      reads: [],
      decide: () => ({
        events: [{ type: 'MemberLeft', data: { id: 5, contact: 'p5@example.com', name: 'x', level: 1 } }] as const,
        answer: 0,
      }),
    }
    const group = [create(1), broken, invalid, undeclared, unprojectable, create(6)]
    const results = await Promise.allSettled(group.map((command) => shop.execute<unknown>(command)))
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected', 'rejected', 'rejected', 'fulfilled'],
    )
    assert.equal((results[2] as PromiseRejectedResult).reason.code, 'EVENT_INVALID')
    assert.match((results[3] as PromiseRejectedResult).reason.message, /did not declare/)
    const rows = await database.reader.selectFrom('people').select('id').orderBy('id').execute()
    assert.deepEqual(
      rows.map(({ id }) => id),
      [1, 6],
    )
    assert.equal(await findFlaw(database), undefined)
  })

  test('whose state cannot be written records no event either', async (t) => {
    const { database, store } = await open(t)
    const nameless = {
      ...people,
      projections: {
        MemberJoined: () => [{ put: { id: 1, contact: 'x', name: null as unknown as string } }],
      },
    }
    const shop = await store({ stateTables: [nameless] })
    await assert.rejects(shop.execute(create(1)))
    assert.deepEqual(await database.reader.selectFrom('events').selectAll().execute(), [])
    const counters = await database.reader.selectFrom('partition_counters').select('last_seq').execute()
    assert.ok(counters.every(({ last_seq }) => last_seq === 0))
  })

  test('that needs a table which is not there fails alone, and its error names the table', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    await database.changeSchema((db) => db.schema.dropTable('people').execute())
    const nothing = { reads: [], decide: () => ({ events: [], answer: 0 }) }
    const visit = {
      reads: [],
      decide: () => ({ events: [{ type: 'MemberVisited', data: { member: 1, note: '' } }], answer: 0 }),
    }
    const group = [nothing, create(1), visit].map((command) => shop.execute<unknown>(command))
    const [first, failed, last] = await Promise.allSettled(group)
    assert.deepEqual([first!.status, last!.status], ['fulfilled', 'fulfilled'])
    assert.ok(failed!.status === 'rejected' && isMagasinError(failed!.reason, 'DATA_MISSING'))
    assert.match(failed!.reason.message, /no table called people:/)
  })

  test('of two processes for the same unique value wins once, and the other is refused', async (t) => {
    const { database, store } = await open(t)
    const shops = [await store(), await store()]
    for (let round = 0; round < 20; round++) {
      const results = await Promise.allSettled(
        shops.map((shop, i) => shop.execute(create(round * 2 + i + 1, `r${round}@example.com`))),
      )
      const codes = results.map((result) => (result.status === 'fulfilled' ? 'done' : result.reason.code))
      assert.deepEqual(new Set(codes), new Set(['CONTACT_TAKEN', 'done']))
    }
    assert.equal(await findFlaw(database), undefined)
  })

  test('that meets a unique value which it did not look for fails alone, and its error does not tell the value', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    await shop.execute(create(1, 'ada@example.com'))
    const { decide } = create(2, 'ada@example.com')
    const unaware = {
      reads: [{ table: people, where: { id: 2 } }],
      decide: (_: unknown, given: Given) => decide({ find: () => undefined, list: () => [] }, given),
    }
    const [failed, other] = await Promise.allSettled([shop.execute(unaware), shop.execute(create(3))])
    assert.equal(other.status, 'fulfilled')
    assert.ok(failed.status === 'rejected' && isMagasinError(failed.reason, 'EVENT_INVALID'))
    assert.match(failed.reason.message, /unique and is there already \((people\.)?contact\)/)
    assert.doesNotMatch(failed.reason.stack ?? '', /ada@/)
    assert.equal(database.faultOf(failed.reason.cause), 'duplicate')
    assert.equal(await findFlaw(database), undefined)
  })

  test('in line when the store closes is carried out; one that comes later is turned away', async (t) => {
    const { store } = await open(t)
    const shop = await store()
    const inLine = [1, 2, 3].map((id) => shop.execute(create(id)))
    const closing = shop.close()
    await assert.rejects(shop.execute(create(4)), { code: 'STOPPING' })
    await closing
    assert.equal((await Promise.all(inLine)).length, 3)
  })

  test('tells those who listen when its event is durable, and where it is, and not before', async (t) => {
    const { database, store } = await open(t)
    const holding = holdCommits(database)
    const shop = await store({ through: () => holding.database })
    const { held, letGo } = holding.hold()
    const told: RecordedEnds[] = []
    const stop = shop.onCommit((ends) => told.push(ends))
    const executing = shop.execute(create(1))
    await held
    assert.deepEqual(told, [])
    letGo()
    await executing
    assert.deepEqual(told, [new Map([['member-events', new Map([[partitionOf('member-1', 8), 1]])]])])
    stop()
    await shop.execute(create(2))
    assert.equal(told.length, 1)
  })
}
