import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'
import type { Command } from '../commands/command.ts'
import { findFlaw } from '../testing/find-flaw.ts'
import { create, join, people, type PeopleTables } from '../testing/people.ts'
import { book, busTable, cancel, createTripTables, seatsTable, tripTable, tripTables } from '../testing/trips.ts'
import type { EventStoreCase } from './event-store-case.ts'

export function stateTests({ open }: EventStoreCase): void {
  const openTrips = async (t: Parameters<typeof open>[0]) => {
    const { database, store } = await open(t)
    await database.changeSchema(createTripTables as never)
    const shops = (through = (own: SqlDatabase<PeopleTables>) => own) =>
      store({ stateTables: [people, ...tripTables] as never, through })
    return { database, shops }
  }

  test('of an event may be several rows of several tables, also by two columns, with the time of the event', async (t) => {
    const { database, shops } = await openTrips(t)
    const shop = await shops()
    const seats = [
      { bus: 2, count: 3 },
      { bus: 1, count: 1 },
    ]
    await shop.execute(book({ id: 7, member: 42, seats }))
    await shop.execute(book({ id: 8, member: 43, seats: [{ bus: 2, count: 2 }] }))
    const [booked] = await shop.readStream('trip-7')
    assert.deepEqual(await rows(database, 'trips'), [
      { id: 7, member: 42, booked_at: booked!.time },
      { id: 8, member: 43, booked_at: (await shop.readStream('trip-8'))[0]!.time },
    ])
    assert.deepEqual(await rows(database, 'trip_seats'), [
      { trip: 7, bus: 1, count: 1 },
      { trip: 7, bus: 2, count: 3 },
      { trip: 8, bus: 2, count: 2 },
    ])
    assert.deepEqual(await rows(database, 'buses'), [
      { bus: 1, taken: 1 },
      { bus: 2, taken: 5 },
    ])
  })

  test('is read in waves: what was read first says what else is', async (t) => {
    const { database, shops } = await openTrips(t)
    const shop = await shops()
    const seats = [
      { bus: 3, count: 1 },
      { bus: 1, count: 2 },
    ]
    await shop.execute(book({ id: 7, member: 42, seats }))
    assert.deepEqual((await shop.execute(cancel(7))).answer, { buses: [1, 3] })
    assert.deepEqual(await rows(database, 'trips'), [])
    assert.deepEqual(await rows(database, 'trip_seats'), [])
    assert.deepEqual(await rows(database, 'buses'), [
      { bus: 1, taken: 0 },
      { bus: 3, taken: 0 },
    ])
    await assert.rejects(shop.execute(cancel(7)), { code: 'TRIP_NOT_FOUND' })
  })

  test('that a command before it in the same group made is there for the next one, with what it then has to read', async (t) => {
    const { database, shops } = await openTrips(t)
    let transactions = 0
    const shop = await shops((own) => ({ ...own, transaction: (...of) => (transactions++, own.transaction(...of)) }))
    const seats = [{ bus: 1, count: 2 }]
    transactions = 0
    const results = await Promise.allSettled([
      shop.execute(book({ id: 7, member: 42, seats })),
      shop.execute(cancel(7)),
      shop.execute(book({ id: 8, member: 42, seats })),
      shop.execute(book({ id: 9, member: 42, seats })),
      shop.execute(cancel(8)),
    ])
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? 'done' : result.reason.code)),
      ['done', 'done', 'done', 'ALREADY_BOOKED', 'done'],
    )
    assert.equal(transactions, 1)
    assert.deepEqual(await rows(database, 'buses'), [{ bus: 1, taken: 0 }])
    assert.equal(await findFlaw(database), undefined)
  })

  test('is looked up by a value that several rows have, in the order of their keys', async (t) => {
    const { shops } = await openTrips(t)
    const shop = await shops()
    for (const bus of [30, 4, 200]) await shop.execute(book({ id: bus, member: bus, seats: [{ bus, count: 1 }] }))
    const seats = [30, 4, 200].map((bus) => ({ bus, count: 1 }))
    await shop.execute(book({ id: 1, member: 1, seats }))
    assert.deepEqual((await shop.execute(cancel(1))).answer, { buses: [4, 30, 200] })
  })

  test('of a new id that the store gave needs no look', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    const ids = await Promise.all(['a@x.org', 'b@x.org', 'c@x.org'].map((contact) => shop.execute(join(contact))))
    assert.deepEqual(
      (await rows(database, 'people')).map(({ id }) => id),
      ids.map(({ answer }) => answer.id),
    )
  })

  test('cannot be asked for in another order than that of its tables, nor without having been declared', async (t) => {
    const { shops } = await openTrips(t)
    const shop = await shops()
    const reading = (reads: Command<number>['reads'], look?: () => void): Command<number> => ({
      reads,
      decide: (state) => {
        look?.()
        state.find(busTable, { bus: 1 })
        return { events: [], answer: 1 }
      },
    })
    await shop.execute(book({ id: 7, member: 42, seats: [{ bus: 1, count: 1 }] }))
    const bus = { table: busTable, where: { bus: 1 } }
    const back = reading((soFar) => [
      bus,
      ...(soFar.find(busTable, { bus: 1 }) === undefined ? [] : [{ table: tripTable, where: { id: 7 } }]),
    ])
    await assert.rejects(shop.execute(back), /asked for more rows of trips too late/)
    await assert.rejects(shop.execute(reading([])), /did not declare/)
    const unindexed = { table: seatsTable, where: { count: 1 } }
    await assert.rejects(shop.execute(reading([bus, unindexed])), /trip_seats declares no key, unique column or index/)
    await assert.rejects(shop.execute(reading([{ table: { name: 'planes' }, where: { id: 1 } }])), /planes/)
    await shop.execute(reading([bus]))
  })

  test('that another process makes or changes at the same moment is never overlooked', async (t) => {
    const { database, shops } = await openTrips(t)
    const [first, second] = [await shops(), await shops()]
    const member = 42
    for (let round = 1; round <= 15; round++) {
      const results = await Promise.allSettled([
        first.execute(book({ id: 2 * round, member, seats: [{ bus: 1, count: 1 }] })),
        second.execute(book({ id: 2 * round + 1, member, seats: [{ bus: 2, count: 1 }] })),
      ])
      const codes = results.map((result) => (result.status === 'fulfilled' ? 'done' : result.reason.code))
      assert.deepEqual(
        codes.toSorted((a, b) => (a < b ? -1 : 1)),
        ['ALREADY_BOOKED', 'done'],
      )
      await first.execute(cancel(2 * round + (codes[0] === 'done' ? 0 : 1)))
    }
    assert.equal(await findFlaw(database), undefined)
  })

  test('of a row that was not read is not overwritten: the command fails, and others do not', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    await shop.execute(create(1))
    const unaware: Command<null> = {
      reads: [],
      decide: () => ({
        events: [{ type: 'MemberJoined', data: { id: 1, contact: 'new@x.org', name: 'new', level: 1 } }],
        answer: null,
      }),
    }
    const [failed, other] = await Promise.allSettled([shop.execute(unaware), shop.execute(create(2))])
    assert.deepEqual([failed.status, other.status], ['rejected', 'fulfilled'])
    assert.equal((await rows(database, 'people'))[0]!['name'], 'Person 1')
    assert.equal(await findFlaw(database), undefined)
  })
}

async function rows(database: SqlDatabase<PeopleTables>, table: string): Promise<Record<string, unknown>[]> {
  const found = await sql<Record<string, unknown>>`select * from ${sql.table(table)} order by 1, 2`.execute(
    database.reader,
  )
  return found.rows.map((row) => ({ ...row }))
}
