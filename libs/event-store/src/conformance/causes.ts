import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { clubErrors } from '@magasin/contracts/testing/members'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql, type Transaction } from 'kysely'
import type { Cause, Command } from '../commands/command.ts'
import { findFlaw } from '../testing/find-flaw.ts'
import { create, join, type PeopleTables } from '../testing/people.ts'
import type { EventStoreCase } from './event-store-case.ts'

const eventId = '01a213a9-61b4-74dd-b4a0-bc519adc1818'

export function causeTests({ open }: EventStoreCase): void {
  const openPositions = async (t: Parameters<typeof open>[0]) => {
    const { database, store } = await open(t)
    await database.changeSchema(async (db) => {
      await sql`create table positions (place integer primary key, seq integer not null)`.execute(db)
      await sql`insert into positions values (1, 0), (2, 0)`.execute(db)
    })
    return { database, store }
  }

  test('delivered ten times to two stores at once takes effect once, and its events name it', async (t) => {
    const { database, store } = await openPositions(t)
    const shops = [await store(), await store()]
    const sent = Array.from({ length: 10 }, (_, i) =>
      shops[i % 2]!.execute(join(`p${i}@example.com`), { cause: causeAt(1, 1) }),
    )
    const results = await Promise.all(sent)
    assert.equal(results.filter(({ repeated }) => !repeated).length, 1)
    for (const { answer, repeated } of results) if (repeated) assert.equal(answer, undefined)
    const events = await database.reader.selectFrom('events').select('caused_by').execute()
    assert.deepEqual(
      events.map((row) => row.caused_by),
      [eventId],
    )
    assert.equal(await seqAt(database, 1), 1)
    assert.equal(await findFlaw(database), undefined)
  })

  test('keeps its claim exactly if its command is carried out', async (t) => {
    const { database, store } = await openPositions(t)
    const shop = await store()
    const broken: Command<null> = {
      reads: [],
      decide: () => {
        throw new TypeError('a fault of the program')
      },
    }
    const refused: Command<null> = {
      reads: [],
      decide: () => {
        throw new MagasinError(clubErrors.MEMBER_NOT_FOUND, 'nobody')
      },
    }
    for (const command of [broken, refused])
      for (const company of [[], [create(1), create(2)]]) {
        const [failed, ...others] = await Promise.allSettled([
          shop.execute(command, { cause: causeAt(1, 1) }),
          ...company.map((other, i) => shop.execute(other, { cause: causeAt(2, i + 1) })),
        ])
        assert.equal(failed.status, 'rejected')
        assert.equal(await seqAt(database, 1), 0)
        if (others.length > 0 && command === broken)
          assert.deepEqual(
            [others.map(({ status }) => status), await seqAt(database, 2)],
            [['fulfilled', 'fulfilled'], 2],
          )
      }
    assert.equal(await findFlaw(database), undefined)
  })

  test('whose claim throws fails alone', async (t) => {
    const { store } = await openPositions(t)
    const shop = await store()
    const claim = () => Promise.reject(new Error('no such position'))
    const [failed, other, third] = await Promise.allSettled([
      shop.execute(create(1), { cause: { eventId, claim } }),
      shop.execute(create(2)),
      shop.execute(create(3), { cause: causeAt(1, 1) }),
    ])
    assert.match(failed.status === 'rejected' ? failed.reason.message : '', /no such position/)
    assert.deepEqual([other.status, third.status], ['fulfilled', 'fulfilled'])
  })
}

/** As a subscriber claims: its position moves by compare-and-set. */
function causeAt(place: number, seq: number): Cause {
  return {
    eventId,
    claims: `position ${place}`,
    async claim(tx: Transaction<unknown>) {
      const moved = sql`update positions set seq = ${seq} where place = ${place} and seq = ${seq - 1}`
      return (await moved.execute(tx)).numAffectedRows === 1n
    },
  }
}

async function seqAt(database: SqlDatabase<PeopleTables>, place: number): Promise<number> {
  const { rows } = await sql<{ seq: number }>`select seq from positions where place = ${place}`.execute(database.reader)
  return rows[0]!.seq
}
