import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Command } from '../commands/command.ts'
import { findFlaw } from '../testing/find-flaw.ts'
import { create, type PeopleTables } from '../testing/people.ts'
import type { EventStoreCase } from './event-store-case.ts'

export function largeCommandTests({ open }: EventStoreCase): void {
  test('of eleven events shares its transaction with 255 others', async (t) => {
    const { database, store } = await open(t)
    const { through, transactions } = counting()
    const shop = await store({ through })
    const before = transactions()
    await Promise.all(Array.from({ length: 256 }, (_, i) => shop.execute(visit(i + 1, 11))))
    assert.equal(transactions() - before, 1)
    assert.equal(await findFlaw(database), undefined)
  })

  test('waits for the next transaction if those before it record very much, and none is left behind', async (t) => {
    const { database, store } = await open(t)
    const { through, transactions } = counting()
    const shop = await store({ through })
    const before = transactions()
    await Promise.all([
      ...Array.from({ length: 10 }, (_, i) => shop.execute(visit(i + 1, 900))),
      ...Array.from({ length: 20 }, (_, i) => shop.execute(visit(100 + i, 5, 'x'.repeat(200_000)))),
      shop.execute(create(1)),
    ])
    const needed = transactions() - before
    assert.ok(needed > 5 && needed < 15, `${needed} transactions`)
    assert.equal(await findFlaw(database), undefined)
  })

  test('that would record too much is refused, whatever is sent with it', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    const tooMany = shop.execute(visit(1, 1_001))
    const tooLong = shop.execute(visit(2, 21, 'x'.repeat(200_000)))
    const largest = [shop.execute(visit(3, 1_000)), shop.execute(visit(4, 15, 'é"'.repeat(65_000)))]
    await assert.rejects(tooMany, { code: 'COMMAND_TOO_LARGE', message: /1001 events; at most 1000/ })
    await assert.rejects(tooLong, { code: 'COMMAND_TOO_LARGE' })
    await Promise.all(largest)
    assert.equal(await findFlaw(database), undefined)
  })
}

function visit(member: number, events: number, note = 'played'): Command<null> {
  return {
    reads: [],
    decide: () => ({
      events: Array.from({ length: events }, () => ({ type: 'MemberVisited', data: { member, note } })),
      answer: null,
    }),
  }
}

function counting() {
  let count = 0
  return {
    transactions: () => count,
    through: (own: SqlDatabase<PeopleTables>): SqlDatabase<PeopleTables> => ({
      ...own,
      transaction: (...of) => (count++, own.transaction(...of)),
    }),
  }
}
