import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { travelClub } from '@magasin/contracts/testing/trips'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { sql } from 'kysely'
import type { Command } from '../commands/command.ts'
import type { EventStore } from '../event-store.ts'
import { findFlaw } from '../testing/find-flaw.ts'
import { barrier, holdWrites, throughQueries } from '../testing/hold-writes.ts'
import { create, createPeopleTable, createUnless, join, people, remove, type PeopleTables } from '../testing/people.ts'
import { book, cancel, createTripTables, tripTables } from '../testing/trips.ts'
import { openMysqlEventStore } from './mysql-event-store.ts'

type Database = SqlDatabase<PeopleTables>

describe('what a decision on MySQL read', { skip: skipWithoutMysql }, () => {
  test('and was not there is not there when it is written: of two "mine if yours is not there" one wins', async (t) => {
    const { direct, twoStores } = await openTwo(t)
    const { stores } = await twoStores(holdBoth())
    await exactlyOne([stores[0].execute(createUnless(1, 2)), stores[1].execute(createUnless(2, 1))], 'CONTACT_TAKEN')
    assert.equal((await direct.reader.selectFrom('people').select('id').execute()).length, 1)
    assert.equal(await findFlaw(direct), undefined)
  })

  test('by a value that several rows may have has no phantom: of two bookings of a member one is made', async (t) => {
    const { direct, twoStores } = await openTwo(t)
    const { stores } = await twoStores(holdBoth())
    const booked = stores.map((store, i) =>
      store.execute(book({ id: i + 1, member: 42, seats: [{ bus: i + 1, count: 1 }] })),
    )
    await exactlyOne(booked, 'ALREADY_BOOKED')
    assert.equal(await findFlaw(direct), undefined)
  })

  test('by a unique value that nobody had is taken by one of two, and the other is refused', async (t) => {
    const { direct, twoStores } = await openTwo(t)
    const { stores } = await twoStores(holdBoth())
    await exactlyOne(
      stores.map((store) => store.execute(join('ada@example.com'))),
      'CONTACT_TAKEN',
    )
    assert.equal(await findFlaw(direct), undefined)
  })

  test('by a unique value of a row that changes before it can be locked is read anew', async (t) => {
    const { direct, twoStores } = await openTwo(t)
    const done = { query: async () => {} }
    const { stores } = await twoStores(afterEach(done))
    await stores[0].execute(create(1, 'ada@example.com'))
    // Between the look-up, which locks nothing, and the lock: the row that has the value is another one.
    done.query = async () => {
      done.query = async () => {}
      await sql`delete from people`.execute(direct.reader)
      await sql`insert into people values (2, 'ada@example.com', 'Ada')`.execute(direct.reader)
    }
    const seen: Command<number | undefined> = {
      reads: [{ table: people, where: { contact: 'ada@example.com' } }],
      decide: (state) => ({ events: [], answer: state.find(people, { contact: 'ada@example.com' })?.id }),
    }
    assert.equal((await stores[0].execute(seen)).answer, 2)
  })

  test('and keeps changing fails the command that reads it, alone: others of its group are carried out', async (t) => {
    const { direct, twoStores } = await openTwo(t)
    const done = { query: async () => {} }
    const { stores } = await twoStores(afterEach(done))
    await stores[0].execute(create(1, 'ada@example.com'))
    let id = 1
    // The row that has the value is another one after each statement: whoever looks it up never holds what it found.
    done.query = async () => {
      await sql`update people set id = ${++id} where contact = 'ada@example.com'`.execute(direct.reader)
    }
    const look: Command<null> = {
      reads: [{ table: people, where: { contact: 'ada@example.com' } }],
      decide: () => ({ events: [], answer: null }),
    }
    const visit: Command<null> = {
      reads: [],
      decide: () => ({ events: [{ type: 'MemberVisited', data: { member: 1, note: '' } }], answer: null }),
    }
    const [before, failed, after] = await Promise.allSettled([visit, look, visit].map((one) => stores[0].execute(one)))
    assert.deepEqual([before!.status, after!.status], ['fulfilled', 'fulfilled'])
    assert.ok(failed!.status === 'rejected' && isMagasinError(failed!.reason, 'STORE_UNAVAILABLE'))
    assert.match(failed!.reason.message, /what was read of people/)
  })

  test('keeps nobody waiting who reads other rows of the same small tables', async (t) => {
    const { twoStores } = await openTwo(t)
    const gate = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    let holds = false
    const { stores } = await twoStores((database, i) =>
      i === 1 ? database : holdWrites(database, async () => void (holds && (arrived.resolve(), await gate.promise))),
    )
    for (const id of [1, 2, 3]) await stores[0].execute(create(id))
    holds = true
    const held = stores[0].execute(remove(2))
    await arrived.promise
    await Promise.all([stores[1].execute(remove(1)), stores[1].execute(remove(3))])
    gate.resolve()
    await held
  })

  test('makes no deadlock with what is claimed, in whatever order events come', async (t) => {
    const { direct, twoStores } = await openTwo(t)
    await sql`create table positions (place integer primary key, seq integer not null)`.execute(direct.reader)
    await sql`insert into positions values (1, 0), (2, 0), (3, 0), (4, 0)`.execute(direct.reader)
    const { stores, deadlocks } = await twoStores((database) => database)
    for (let seq = 1; seq <= 25; seq++) {
      const send = (store: EventStore, places: readonly number[]) =>
        places.map((place) =>
          store.execute(join(`p${seq}-${place}@example.com`), {
            cause: {
              eventId: randomUUID(),
              claims: `position ${place}`,
              async claim(tx) {
                const moved = sql`update positions set seq = ${seq} where place = ${place} and seq = ${seq - 1}`
                return (await tx.executeQuery(moved.compile(tx))).numAffectedRows === 1n
              },
            },
          }),
        )
      const results = await Promise.all([...send(stores[0], [1, 2, 3, 4]), ...send(stores[1], [4, 3, 2, 1])])
      assert.equal(results.filter(({ repeated }) => !repeated).length, 4)
    }
    assert.deepEqual(deadlocks, [])
    assert.equal(await findFlaw(direct), undefined)
  })

  test('makes no deadlock, in whatever order commands name rows and tables', async (t) => {
    const { direct, twoStores } = await openTwo(t)
    const { stores, deadlocks } = await twoStores((database) => database)
    const random = randomNumbers(7)
    const booked: number[] = []
    let cancelled = 0
    for (let round = 0; round < 12; round++) {
      const sent = Array.from({ length: 80 }, async (_, i) => {
        const store = stores[i % 2]!
        const seats = shuffled([1, 2, 3, 4, 5], random).map((bus) => ({ bus, count: 1 + (i % 3) }))
        const id = round * 80 + i + 1
        const earlier = 1 + Math.floor(random() * id)
        const once = { caller: 'ada', route: 'any', key: `k-${Math.floor(random() * 2_000)}`, content: 1 }
        if (random() < 0.2) return store.execute(join(`p${earlier % 60}@example.com`))
        if (random() < 0.5)
          return store.execute(cancel(booked.splice(earlier % (booked.length + 1), 1)[0] ?? 1)).then(() => cancelled++)
        return store
          .execute(book({ id, member: earlier % 80, seats: seats.slice(0, 3) }), { once })
          .then(() => booked.push(id))
      })
      for (const result of await Promise.allSettled(sent))
        if (result.status === 'rejected' && isMagasinError(result.reason, 'STORE_UNAVAILABLE')) throw result.reason
    }
    assert.ok(cancelled > 100, `only ${cancelled} were booked and cancelled`)
    assert.deepEqual(deadlocks, [])
    assert.equal(await findFlaw(direct), undefined)
    const { rows: wrong } = await sql`select bus, taken from buses where taken <>
      (select coalesce(sum(count), 0) from trip_seats where trip_seats.bus = buses.bus)`.execute(direct.reader)
    assert.deepEqual(wrong, [])
    const { rows: twice } = await sql`select member from trips group by member having count(*) > 1`.execute(
      direct.reader,
    )
    assert.deepEqual(twice, [])
  })
})

async function openTwo(t: TestContext) {
  const options = mysqlDatabase(t)
  const connect = async () => {
    const database = await openMysql<PeopleTables>(options)
    t.after(() => database.close())
    return database
  }
  const direct = await connect()
  await direct.changeSchema(createPeopleTable)
  await direct.changeSchema(createTripTables as never)
  const deadlocks: unknown[] = []
  const watched = (database: Database) =>
    throughQueries(database, (_, run) =>
      run().catch((error: unknown) => {
        // ER_LOCK_DEADLOCK: of each deadlock one is told, the one whose transaction the server undid.
        if (error instanceof Error && 'errno' in error && error.errno === 1213) deadlocks.push(error)
        throw error
      }),
    )
  const twoStores = async (through: (database: Database, i: number) => Database) => {
    const open = async (i: number) => {
      const database = through(watched(await connect()), i)
      return openMysqlEventStore({
        catalogue: travelClub,
        owner: 'club',
        database,
        stateTables: [people, ...tripTables] as never,
      })
    }
    return { stores: [await open(0), await open(1)] as const, deadlocks }
  }
  return { direct, twoStores }
}

/** After every query of a transaction `query` is called, which a test may change. */
function afterEach(after: { readonly query: () => Promise<void> }): (database: Database) => Database {
  return (database) =>
    throughQueries(database, async (_, run) => {
      const result = await run()
      await after.query()
      return result
    })
}

/** Both have read and decided before one of them writes. */
function holdBoth(): (database: Database) => Database {
  const arrive = barrier(2)
  return (database) => holdWrites(database, arrive)
}

async function exactlyOne(sent: readonly Promise<unknown>[], code: string): Promise<void> {
  const results = await Promise.allSettled(sent)
  const codes = results.map((result) =>
    result.status === 'fulfilled' ? 'done' : (result.reason.code ?? result.reason),
  )
  assert.deepEqual(
    codes.toSorted((a, b) => (a < b ? -1 : 1)),
    [code, 'done'],
  )
}

/** The same numbers in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
