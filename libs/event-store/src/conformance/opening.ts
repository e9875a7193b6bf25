import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { StateTable } from '../state-table.ts'
import { people } from '../testing/people.ts'
import { createTripTables, tripTables } from '../testing/trips.ts'
import type { EventStoreCase } from './event-store-case.ts'

const table = (name: string, rest: Partial<StateTable> = {}): StateTable => ({
  name,
  key: ['id'],
  projections: {},
  ...rest,
})

/** What is seen when a store opens, and not only when state is lost. */
export function openingTests({ open }: EventStoreCase): void {
  const openWith = async (t: Parameters<typeof open>[0], ...stateTables: readonly StateTable[]) => {
    const { database, store } = await open(t)
    await database.changeSchema(createTripTables as never)
    await database.changeSchema(async (db) => {
      await sql`create table lockers (id integer primary key, side integer, place integer, unique (side, place))`.execute(
        db,
      )
    })
    return store({ stateTables })
  }

  test('that is declared as it is in the database is taken', async (t) => {
    const lockers = table('lockers', { uniques: ['id'], indexes: ['side'] })
    await openWith(t, people as StateTable, ...tripTables, lockers)
  })

  test('that is there twice is refused', async (t) => {
    await assert.rejects(openWith(t, table('lockers'), table('lockers')), /two state tables are called lockers/)
  })

  test('of an event that this store never records is refused', async (t) => {
    const misspelt = table('lockers', { projections: { MemberJoint: () => [] } })
    await assert.rejects(openWith(t, misspelt), /lockers projects MemberJoint, which no family/)
    const { store } = await open(t)
    const others = store({ owner: 'clubb', stateTables: [people as StateTable] })
    await assert.rejects(others, /people projects MemberJoined, which belongs to club: this store is clubb's/)
  })

  for (const [what, declared, message] of [
    ['not there', table('planes'), /no table called planes: .*migration/],
    ['without a declared column', table('lockers', { indexes: ['row'] }), /lockers has no column row/],
    ['with another key', table('lockers', { key: ['side', 'place'] }), /key of lockers is \(id\).*\(side, place\)/],
    ['without a unique index', table('lockers', { uniques: ['side'] }), /lockers\.side has no unique index/],
    ['without an index', table('lockers', { indexes: ['place'] }), /lockers\.place has no index that begins/],
  ] as const)
    test(`that is ${what} is refused, naming it`, async (t) => {
      await assert.rejects(openWith(t, declared), { code: 'DATA_MISSING', message })
    })
}
