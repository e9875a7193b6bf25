import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { runTogether } from '../batch.ts'
import type { SqlDatabase } from '../sql-database.ts'
import { holdCommits } from '../testing/hold-commits.ts'
import type { AccountTables } from './sql-database.suite.ts'

interface Opened {
  readonly database: SqlDatabase<AccountTables>
  again(): Promise<SqlDatabase<AccountTables>>
}

const insert = (id: number, owner: string | null, balance = 0) => ({
  sql: 'insert into accounts (id, owner, balance) values (?, ?, ?)',
  parameters: [id, owner, balance],
})
const readAll = { sql: 'select id, owner, balance from accounts order by id', parameters: [] }

/** What several statements at once must do on every adapter; `opened` has an account 1 of ada with 100. */
export function runTogetherTests(opened: (t: TestContext) => Promise<Opened>): void {
  test('answers several statements in their order, reads and changes mixed', async (t) => {
    const { database } = await opened(t)
    const results = await database.transaction((tx) =>
      runTogether(tx, [
        readAll,
        { sql: 'update accounts set balance = balance + ? where id <= ?', parameters: [5, 1] },
        insert(2, 'bo', 7),
        { sql: 'select balance from accounts where id = ?', parameters: [1] },
        { sql: 'delete from accounts where id > ?', parameters: [10] },
        { sql: 'select id from accounts where id > ?', parameters: [10] },
      ]),
    )
    assert.deepEqual(
      results.map(({ rows }) => rows),
      [[{ id: 1, owner: 'ada', balance: 100 }], [], [], [{ balance: 105 }], [], []],
    )
    assert.deepEqual(
      results.map(({ numAffectedRows }) => numAffectedRows),
      [undefined, 1n, 1n, undefined, 0n, undefined],
    )
  })

  test('answers one statement as several, and none without asking', async (t) => {
    const { database } = await opened(t)
    const [none, one] = await database.transaction(async (tx) => [
      await runTogether(tx, []),
      await runTogether(tx, [readAll]),
    ])
    assert.deepEqual(none, [])
    assert.deepEqual(
      one!.map(({ rows }) => rows),
      [[{ id: 1, owner: 'ada', balance: 100 }]],
    )
  })

  test('keeps nothing of a transaction in which one of several statements failed, and runs none after it', async (t) => {
    const { database } = await opened(t)
    let after: unknown
    const failing = database.transaction(async (tx) => {
      await runTogether(tx, [insert(2, 'bo')])
      try {
        await runTogether(tx, [insert(3, 'cy'), insert(4, 'ada'), insert(5, 'dee')])
      } finally {
        after = (await tx.selectFrom('accounts').select('id').orderBy('id').execute()).map(({ id }) => id)
      }
    })
    await assert.rejects(failing, (error) => database.faultOf(error) === 'duplicate')
    assert.deepEqual(after, [1, 2, 3])
    const left = await database.reader.selectFrom('accounts').select('id').execute()
    assert.deepEqual(left, [{ id: 1 }])
  })

  test('gives the number that each of several inserts was given', async (t) => {
    const { database } = await opened(t)
    const key = database.kind === 'mysql' ? 'int auto_increment primary key' : 'integer primary key'
    const results = await database.transaction((tx) =>
      runTogether(tx, [
        { sql: `create table numbered (n ${key}, label varchar(9))`, parameters: [] },
        { sql: 'insert into numbered (label) values (?), (?)', parameters: ['a', 'b'] },
        { sql: 'insert into numbered (n, label) values (?, ?)', parameters: [41, 'c'] },
        { sql: 'insert into numbered (label) values (?)', parameters: ['d'] },
      ]),
    )
    assert.equal(results[3]!.insertId, 42n)
    assert.deepEqual(
      results.slice(1).map(({ numAffectedRows }) => numAffectedRows),
      [2n, 1n, 1n],
    )
  })

  test('takes every text as it is, and no text for a statement', async (t) => {
    const { database } = await opened(t)
    const texts = [`it's "a" ? \\`, `'; delete from accounts; --`, '🛒 Zoë\n;\u0000?', '', null, '?', ';']
    const echo = (text: string | null) => ({ sql: 'select ? as text, ? as after_', parameters: [text, 1] })
    const results = await database.transaction((tx) => runTogether(tx, [...texts.map(echo), readAll]))
    assert.deepEqual(
      results.map(({ rows }) => rows[0]),
      [...texts.map((text) => ({ text, after_: 1 })), { id: 1, owner: 'ada', balance: 100 }],
    )
  })

  test('carries more than one round trip can, in the order given', async (t) => {
    const { database } = await opened(t)
    const echo = (n: number) => ({ sql: 'select ? as n, ? as text', parameters: [n, String(n).repeat(800_000)] })
    const numbers = Array.from({ length: 9 }, (_, n) => n)
    const results = await database.transaction((tx) => runTogether(tx, numbers.map(echo)))
    const found = results.map(({ rows }) => rows[0] as { n: number; text: string })
    assert.deepEqual(
      found.map(({ n }) => n),
      numbers,
    )
    assert.ok(found.every(({ n, text }) => text === String(n).repeat(800_000)))
  })

  test('holds what one of several statements locked until the transaction ends', async (t) => {
    const { database, again } = await opened(t)
    const other = await again()
    const holding = holdCommits(database)
    const { held, letGo } = holding.hold()
    const forUpdate = database.kind === 'mysql' ? ' for update' : ''
    const reading = holding.database.transaction((tx) =>
      runTogether(tx, [
        { sql: `select balance from accounts where id = ?${forUpdate}`, parameters: [1] },
        { sql: 'select 1 as one', parameters: [] },
      ]),
    )
    await held
    const update = () =>
      other.transaction((tx) => tx.updateTable('accounts').set({ balance: 1 }).execute(), { waitMs: 50 })
    await assert.rejects(update(), { code: 'STORE_UNAVAILABLE' })
    letGo()
    await reading
    await update()
  })
}
