import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { sql } from 'kysely'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { sqlDatabaseSuite, type AccountTables } from '../conformance/sql-database.suite.ts'
import { copySqlite } from './copy-sqlite.ts'
import { openSqlite } from './open-sqlite.ts'

sqlDatabaseSuite({
  name: 'SQLite',
  open(t) {
    const file = join(temporaryFolder(t), 'accounts.db')
    const open = () => {
      const database = openSqlite<AccountTables>({ file })
      t.after(() => database.close())
      return database
    }
    return Promise.resolve({ database: open(), again: () => Promise.resolve(open()) })
  },
})

describe('a SQLite file', () => {
  test(
    'and its copy are readable by their owner only, whatever folder they are in',
    { skip: process.platform === 'win32' },
    (t) => {
      const file = join(temporaryFolder(t), 'own.db')
      const database = openSqlite({ file })
      t.after(() => database.close())
      copySqlite(file, `${file}.copy`)
      for (const suffix of ['', '-wal', '.copy']) assert.equal(statSync(file + suffix).mode & 0o077, 0, suffix)
    },
  )

  test('is opened so that a commit is on disk before it is acknowledged', async (t) => {
    const database = openSqlite({ file: join(temporaryFolder(t), 'x.db') })
    t.after(() => database.close())
    const pragma = (name: string) =>
      database.transaction((tx) => sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(tx))
    assert.deepEqual({ ...(await pragma('journal_mode')).rows[0] }, { journal_mode: 'wal' })
    assert.deepEqual({ ...(await pragma('synchronous')).rows[0] }, { synchronous: 2 })
    assert.deepEqual({ ...(await pragma('fullfsync')).rows[0] }, { fullfsync: 1 })
  })

  test('that is no database is refused by name', (t) => {
    const file = join(temporaryFolder(t), 'store.db')
    writeFileSync(
      file,
      'this is a text, whatever it is called, and it is longer than the header of a database file would be',
    )
    assert.throws(() => openSqlite({ file }), { code: 'DATABASE_DAMAGED', message: /store\.db/ })
  })

  test('in a place where none can be made is refused by name', (t) => {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'data'), 'a file where a folder should be')
    assert.throws(() => openSqlite({ file: join(folder, 'data', 'store.db') }), { code: 'DATA_FOLDER_UNUSABLE' })
  })

  test('that is opened for reading only must be there, and cannot be written', async (t) => {
    const file = join(temporaryFolder(t), 'x.db')
    assert.throws(() => openSqlite({ file, readOnly: true }), { code: 'DATA_MISSING' })
    await openSqlite({ file }).close()
    const reading = openSqlite<AccountTables>({ file, readOnly: true })
    t.after(() => reading.close())
    await assert.rejects(sql`create table t (x)`.execute(reading.reader), /readonly/)
  })

  test('on a full disk says STORE_UNAVAILABLE, keeps nothing of the transaction, and goes on when there is room', async (t) => {
    const database = openSqlite<AccountTables>({ file: join(temporaryFolder(t), 'x.db') })
    t.after(() => database.close())
    await database.changeSchema((db) =>
      sql`create table accounts (id integer, owner text, balance integer)`.execute(db).then(() => undefined),
    )
    const limit = (pages: number) =>
      database.transaction((tx) => sql.raw(`pragma max_page_count = ${pages}`).execute(tx))
    const fill = () =>
      database.transaction(async (tx) => {
        for (let id = 0; id < 50; id++)
          await tx
            .insertInto('accounts')
            .values({ id, owner: 'x'.repeat(4_000), balance: 0 })
            .execute()
      })
    await limit(10)
    await assert.rejects(fill(), { code: 'STORE_UNAVAILABLE', message: /disk/ })
    assert.deepEqual(await database.reader.selectFrom('accounts').selectAll().execute(), [])
    await limit(1_000)
    await fill()
    assert.equal((await database.reader.selectFrom('accounts').selectAll().execute()).length, 50)
  })

  test('that can be read but not written any more does not pass its health check', async (t) => {
    const database = openSqlite({ file: join(temporaryFolder(t), 'x.db') })
    t.after(() => database.close())
    await database.check()
    await database.transaction((tx) => sql`pragma query_only = on`.execute(tx))
    await assert.rejects(database.check())
    await sql`select * from sqlite_master`.execute(database.reader)
  })

  test('whose first start was cut short says so to whoever reads it', async (t) => {
    const database = openSqlite<AccountTables>({ file: join(temporaryFolder(t), 'x.db') })
    t.after(() => database.close())
    const reading = database.reader.selectFrom('accounts').selectAll().execute()
    await assert.rejects(reading, { code: 'DATA_MISSING', message: /start the shop again/ })
  })

  test('that is damaged in the middle says DATABASE_DAMAGED when that page is read', async (t) => {
    const file = join(temporaryFolder(t), 'x.db')
    const before = openSqlite<AccountTables>({ file })
    await before.changeSchema((db) =>
      sql`create table accounts (id integer, owner text, balance integer)`.execute(db).then(() => undefined),
    )
    const row = { owner: 'x'.repeat(1_000), balance: 0 }
    await before.transaction((tx) =>
      tx
        .insertInto('accounts')
        .values(Array.from({ length: 100 }, (_, id) => ({ id, ...row })))
        .execute(),
    )
    await before.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, 8_192, bytes.length)
    writeFileSync(file, bytes)
    const after = openSqlite<AccountTables>({ file })
    t.after(() => after.close())
    await assert.rejects(after.reader.selectFrom('accounts').selectAll().execute(), {
      code: 'DATABASE_DAMAGED',
      message: /doctor/,
    })
  })
})
