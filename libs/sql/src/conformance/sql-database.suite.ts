import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { SqlDatabase } from '../sql-database.ts'
import { migrate } from '../migrate.ts'
import { holdCommits } from '../testing/hold-commits.ts'
import { accountMigrations, migrationTests } from './migrations.ts'
import { runTogetherTests } from './run-together.ts'

export interface AccountTables {
  accounts: { id: number; owner: string; balance: number }
}

export interface SqlDatabaseCase {
  readonly name: string
  /** An empty database of the test's own; `again` opens the same one a second time, as another process would. */
  open(t: TestContext): Promise<{ database: SqlDatabase<AccountTables>; again(): Promise<SqlDatabase<AccountTables>> }>
}

/** What every adapter of the port must do. */
export function sqlDatabaseSuite({ name, open }: SqlDatabaseCase): void {
  const opened = async (t: TestContext) => {
    const { database, again } = await open(t)
    await migrate(database, accountMigrations)
    await database.transaction((tx) =>
      tx.insertInto('accounts').values({ id: 1, owner: 'ada', balance: 100 }).execute(),
    )
    return { database, again }
  }
  const balance = async (database: SqlDatabase<AccountTables>) =>
    (await database.reader.selectFrom('accounts').select('balance').where('id', '=', 1).executeTakeFirst())?.balance

  describe(`the schema of a database on ${name}`, () => migrationTests(open))

  describe(`several statements at once on ${name}`, () => runTogetherTests(opened))

  describe(`a database on ${name}`, () => {
    test('keeps all of a transaction, or nothing of it', async (t) => {
      const { database } = await opened(t)
      const failing = database.transaction(async (tx) => {
        await tx.updateTable('accounts').set({ balance: 0 }).execute()
        throw new Error('changed my mind')
      })
      await assert.rejects(failing, /changed my mind/)
      assert.equal(await balance(database), 100)
    })

    test('shows nobody a transaction that is still open', async (t) => {
      const { database, again } = await opened(t)
      const other = await again()
      const holding = holdCommits(database)
      const { held, letGo } = holding.hold()
      const writing = holding.database.transaction((tx) => tx.updateTable('accounts').set({ balance: 50 }).execute())
      await held
      assert.equal(await balance(database), 100)
      assert.equal(await balance(other), 100)
      letGo()
      await writing
      assert.equal(await balance(other), 50)
    })

    test('lets a second writer wait for the first, and loses the change of neither', async (t) => {
      const { database, again } = await opened(t)
      const other = await again()
      const withdraw = (from: SqlDatabase<AccountTables>) =>
        from.transaction(async (tx) => {
          await tx
            .updateTable('accounts')
            .set((eb) => ({ balance: eb('balance', '-', 1) }))
            .execute()
        })
      await Promise.all(Array.from({ length: 40 }, (_, i) => withdraw(i % 2 === 0 ? database : other)))
      assert.equal(await balance(database), 60)
    })

    test('gives up on a writer that never lets go with STORE_UNAVAILABLE, and works once it does', async (t) => {
      const { database, again } = await opened(t)
      const other = await again()
      const holding = holdCommits(database)
      const { held, letGo } = holding.hold()
      const writing = holding.database.transaction((tx) => tx.updateTable('accounts').set({ balance: 50 }).execute())
      await held
      const update = () =>
        other.transaction((tx) => tx.updateTable('accounts').set({ balance: 1 }).execute(), { waitMs: 50 })
      await assert.rejects(update(), { code: 'STORE_UNAVAILABLE' })
      letGo()
      await writing
      await update()
      assert.equal(await balance(database), 1)
    })

    test('says by one word that a unique value is taken', async (t) => {
      const { database } = await opened(t)
      const again = database.transaction((tx) =>
        tx.insertInto('accounts').values({ id: 2, owner: 'ada', balance: 0 }).execute(),
      )
      await assert.rejects(again, (error) => database.faultOf(error) === 'duplicate')
    })

    test('settles what a reader has seen, however many ask at once', async (t) => {
      const { database, again } = await opened(t)
      const other = await again()
      await Promise.all([database, other, database].map((asked) => asked.settle()))
      await database.settle()
      await database.check()
    })

    test('grants a lock to one after the other, and other names meanwhile', async (t) => {
      const { database, again } = await opened(t)
      const other = await again()
      const { signal } = new AbortController()
      const first = await database.lock('relay', signal)
      let granted = false
      const waiting = other.lock('relay', signal).then((held) => ((granted = true), held))
      await other.lock('sweep', signal).then((held) => held.release())
      assert.equal(granted, false)
      await first.release()
      const second = await waiting
      assert.deepEqual([first.lost.aborted, second.lost.aborted], [false, false])
      await Promise.all([first.release(), second.release(), second.release()])
    })

    test('lets somebody who waits for a lock give up, without taking it from who comes after', async (t) => {
      const { database, again } = await opened(t)
      const other = await again()
      const never = new AbortController().signal
      const held = await database.lock('relay', never)
      const patience = new AbortController()
      const waiting = other.lock('relay', patience.signal)
      const after = other.lock('relay', never)
      patience.abort(new Error('enough'))
      await assert.rejects(waiting, /enough/)
      await assert.rejects(other.lock('relay', patience.signal), /enough/)
      await held.release()
      await after.then((next) => next.release())
    })

    test('lets go of its locks when it closes, and says that they are lost', async (t) => {
      const { database, again } = await opened(t)
      const other = await again()
      const { signal } = new AbortController()
      const held = await database.lock('relay', signal)
      const waiting = other.lock('relay', signal)
      await database.close()
      assert.equal(held.lost.aborted, true)
      await held.release()
      await waiting.then((next) => next.release())
    })

    test('closes once, however often it is told to', async (t) => {
      const { database } = await opened(t)
      await Promise.all([database.close(), database.close()])
    })
  })
}
