import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { migrate, migrateAll, type MigrationSet } from '../migrate.ts'
import { addColumn, addIndex, createTable, fillTable, inSteps, type SchemaStep } from '../schema-steps.ts'
import type { SqlDatabase } from '../sql-database.ts'
import type { AccountTables, SqlDatabaseCase } from './sql-database.suite.ts'

const table = createTable(
  'accounts',
  '(id integer primary key, owner varchar(50) not null unique, balance integer not null)',
)

export const accountMigrations: MigrationSet = {
  name: 'accounts',
  migrations: { '0001-accounts': inSteps(table) },
}

const withMore = (...more: readonly SchemaStep[]): MigrationSet => ({
  name: 'accounts',
  migrations: { ...accountMigrations.migrations, '0002-more': inSteps(...more) },
})

const rows = (database: SqlDatabase<AccountTables>) => sql`select * from accounts`.execute(database.reader)

/** What migrations must do on every adapter. */
export function migrationTests(open: SqlDatabaseCase['open']): void {
  test('is migrated once, also when two processes start at the same time', async (t) => {
    const { database, again } = await open(t)
    const other = await again()
    await Promise.all([migrate(database, accountMigrations), migrate(other, accountMigrations)])
    await migrate(database, accountMigrations)
    assert.deepEqual((await rows(other)).rows, [])
  })

  test('made by a newer version is refused, naming what is unknown', async (t) => {
    const { database } = await open(t)
    await migrate(database, withMore())
    await assert.rejects(migrate(database, accountMigrations), { code: 'DATABASE_NEWER', message: /0002-more/ })
  })

  test('is not migrated by two sets of one name, given together or one after the other', async (t) => {
    const { database } = await open(t)
    const copied: MigrationSet = { name: 'accounts', migrations: { '0001-loans': inSteps(table) } }
    const refusal = /two migration sets are called accounts/
    await assert.rejects(migrateAll(database, [accountMigrations, copied]), refusal)
    await migrateAll(database, [accountMigrations])
    await assert.rejects(migrate(database, copied), refusal)
  })

  test('is changed in steps, each of which is done once', async (t) => {
    const { database } = await open(t)
    await migrate(database, accountMigrations)
    const first = sql`insert into accounts (id, owner, balance) values (1, 'ada', 5), (2, 'bo', 5)`
    const steps = withMore(
      fillTable('accounts', first),
      addColumn('accounts', 'level', 'integer not null default 7'),
      addIndex('accounts', { name: 'accounts_by_level', columns: ['level', 'owner'], isUnique: true }),
    )
    await migrate(database, steps)
    await migrate(database, steps)
    assert.deepEqual((await rows(database)).rows, [
      { id: 1, owner: 'ada', balance: 5, level: 7 },
      { id: 2, owner: 'bo', balance: 5, level: 7 },
    ])
    const renamed = database.transaction((tx) => sql`update accounts set level = 7, owner = 'ada'`.execute(tx))
    await assert.rejects(renamed, (error) => database.faultOf(error) === 'duplicate')
  })

  test('whose migration failed in the middle is what it should be after the next start', async (t) => {
    const { database, again } = await open(t)
    await migrate(database, accountMigrations)
    const column = addColumn('accounts', 'level', 'integer not null default 7')
    const wrong = createTable('accounts', '(id integer)')
    // Stands for a process that ends between two steps.
    const cut = { ...wrong, isDone: () => Promise.resolve(false) }
    await assert.rejects(migrate(database, withMore(column, cut)))
    const index = addIndex('accounts', { name: 'accounts_by_level', columns: ['level'] })
    await migrate(await again(), withMore(column, index))
    await migrate(database, withMore(column, index))
    assert.deepEqual((await rows(database)).rows, [])
  })
}
