import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'
import type { Command } from '../commands/command.ts'
import type { StateTable } from '../state-table.ts'
import { findFlaw } from '../testing/find-flaw.ts'
import { create, people, type PeopleTables } from '../testing/people.ts'
import type { EventStoreCase } from './event-store-case.ts'

type LockerRow = { readonly id: number; readonly label: string }

/** A note `1 a, 2 b` gives the lockers these labels. */
const labelsIn = (note: string): readonly LockerRow[] =>
  note.split(', ').map((each) => ({ id: Number(each.split(' ')[0]), label: each.split(' ')[1]! }))

const lockers: StateTable<LockerRow> = {
  name: 'lockers',
  key: ['id'],
  uniques: ['label'],
  projections: { MemberVisited: (data) => labelsIn((data as { note: string }).note).map((put) => ({ put })) },
}

function label(note: string): Command<null> {
  return {
    reads: labelsIn(note).map(({ id }) => ({ table: lockers, where: { id } })),
    decide: () => ({ events: [{ type: 'MemberVisited', data: { member: 1, note } }], answer: null }),
  }
}

/** What must hold of values that no two rows may have. */
export function uniqueValueTests({ open }: EventStoreCase): void {
  const openLockers = async (t: Parameters<typeof open>[0]) => {
    const { database, store } = await open(t)
    await database.changeSchema(async (db) => {
      await sql`create table lockers (id integer primary key, label varchar(20) not null unique)`.execute(db)
    })
    return { database, shop: await store({ stateTables: [lockers as StateTable] }) }
  }

  test('goes from one row that stays to another, along a whole row of them', async (t) => {
    const { database, shop } = await openLockers(t)
    await shop.execute(label('1 a, 2 b, 3 c'))
    await shop.execute(label('1 b, 2 c, 3 d'))
    assert.deepEqual(await labels(database), ['b', 'c', 'd'])
    await shop.execute(label('3 e, 2 d, 1 c, 4 b'))
    assert.deepEqual(await labels(database), ['c', 'd', 'e', 'b'])
    assert.equal(await findFlaw(database), undefined)
  })

  test('with a space at its end is another one, and keeps nobody waiting', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    await shop.execute(create(1, 'ada@x.org'))
    const named = { reads: [{ table: people, where: { contact: 'ada@x.org ' } }] }
    const found = { ...named, decide: () => ({ events: [], answer: null }) }
    await Promise.all([shop.execute(create(2, 'ada@x.org ')), shop.execute(create(3))])
    await shop.execute<null>(found)
    assert.equal(await findFlaw(database), undefined)
  })

  test('that rows exchange is refused for good, and other commands are not', async (t) => {
    const { database, shop } = await openLockers(t)
    await shop.execute(label('1 a, 2 b'))
    const [exchanged, other] = await Promise.allSettled([shop.execute(label('1 b, 2 a')), shop.execute(label('3 c'))])
    assert.equal(other.status, 'fulfilled')
    assert.ok(exchanged.status === 'rejected')
    assert.equal(exchanged.reason.code, 'EVENT_INVALID')
    assert.match(exchanged.reason.message, /rows of lockers exchange a unique value \(label\)/)
    // By a third value, in a command of its own, and be it in the same group.
    await Promise.all(['1 x', '2 a', '1 b'].map((note) => shop.execute(label(note))))
    assert.deepEqual(await labels(database), ['b', 'a', 'c'])
  })
}

async function labels(database: SqlDatabase<PeopleTables>): Promise<readonly string[]> {
  const { rows } = await sql<LockerRow>`select * from lockers order by id`.execute(database.reader)
  return rows.map((row) => row.label)
}
