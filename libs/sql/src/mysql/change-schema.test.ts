import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { migrate, type MigrationSet } from '../migrate.ts'
import { addColumn, createTable, inSteps, step, type SchemaStep } from '../schema-steps.ts'
import type { SqlDatabase } from '../sql-database.ts'
import { mysqlProxy } from '../testing/mysql-proxy.ts'
import { mysqlDatabase, skipWithoutMysql, statement } from '../testing/mysql-server.ts'
import type { MysqlOptions } from './mysql-options.ts'
import { openMysql, type MysqlOpening } from './open-mysql.ts'

interface Tables {
  goods: { id: number }
  gated: { n: number }
}

const limits = { queryMs: 500, watchMs: 50, tellMs: 50 }
const goods = createTable('goods', '(id integer primary key)')
// The server works on this one until nobody else holds the lock `gate`: an ALTER of a table with many rows would do the same.
const gated = (options: MysqlOptions) => createTable('gated', `as select get_lock('${options.name}.gate', 60) as n`)
const setOf = (...steps: readonly SchemaStep[]): MigrationSet => ({
  name: 'shop',
  migrations: { '0001-shop': inSteps(...steps) },
})
const later = (change: SchemaStep): MigrationSet => ({ name: 'later', migrations: { '0001-later': inSteps(change) } })

/** The step, and how often it was begun. */
function counted(of: SchemaStep): SchemaStep & { runs: number } {
  const counting: SchemaStep & { runs: number } = {
    runs: 0,
    isDone: of.isDone,
    run: (db) => (counting.runs++, of.run(db)),
  }
  return counting
}

async function openFor(t: TestContext, options: MysqlOpening): Promise<SqlDatabase<Tables>> {
  const database = await openMysql<Tables>({ limits, ...options })
  t.after(() => database.close())
  return database
}

/** Resolves when the server works on a statement like this one and waits for somebody. */
async function isStuck(options: MysqlOptions, like: string): Promise<void> {
  const states = `'User lock', 'Waiting for table metadata lock'`
  const look = `select id from information_schema.processlist
    where db = '${options.name}' and info like '${like}' and state in (${states})`
  const deadline = performance.now() + 10_000
  while ((await statement(options, look)).length === 0) {
    assert.ok(performance.now() < deadline, `no statement like ${like} waits`)
    await delay(10)
  }
}

const applied = async (database: SqlDatabase<Tables>) =>
  (await sql<{ name: string }>`select name from migrations_shop`.execute(database.reader)).rows.map(({ name }) => name)

describe('a change of the schema on MySQL', { skip: skipWithoutMysql }, () => {
  test('may take longer than any other statement', async (t) => {
    const options = mysqlDatabase(t)
    const database = await openFor(t, options)
    const wait = sql`select sleep(1) as n`
    await migrate(database, setOf(createTable('gated', 'as select sleep(1) as n'), goods))
    assert.deepEqual(await applied(database), ['0001-shop'])
    assert.equal((await database.reader.selectFrom('gated').selectAll().execute()).length, 1)
    await assert.rejects(wait.execute(database.reader), { code: 'STORE_UNAVAILABLE' })
  })

  test('is not cut off by a limit of the server', async (t) => {
    const database = await openFor(t, mysqlDatabase(t))
    const found: Record<string, string> = {}
    await database.changeSchema(async (db) => {
      const { rows } = await sql<Record<'Variable_name' | 'Value', string>>`show variables like '%timeout'`.execute(db)
      for (const row of rows) found[row.Variable_name] = row.Value
    })
    const { lock_wait_timeout: tables, innodb_lock_wait_timeout: rows, wait_timeout: idle } = found
    assert.deepEqual([tables, rows, idle], ['86400', '86400', '60'])
  })

  test('whose process is killed in the middle of a statement is finished by the server, and the next start goes on', async (t) => {
    const options = mysqlDatabase(t)
    const proxy = await mysqlProxy(t, options)
    const [first, gate, next] = [proxy.options, options, options].map((at) => openFor(t, at))
    const held = await (await gate!).lock('gate', new AbortController().signal)
    const steps = [goods, gated(options), addColumn('goods', 'price', 'integer not null default 0')]
    const migrating = first!.then((database) => migrate(database, setOf(...steps)))
    const cut = assert.rejects(migrating, { code: 'STORE_UNAVAILABLE' })
    await isStuck(options, 'create table `gated`%')
    await proxy.goDown()
    await cut
    let isDone = false
    const again = steps.map(counted)
    const going = next!.then((database) => migrate(database, setOf(...again))).then(() => (isDone = true))
    await isStuck(options, '%get_lock(%.schema%')
    assert.equal(isDone, false)
    await held.release()
    await going
    assert.deepEqual(
      again.map(({ runs }) => runs),
      [0, 0, 1],
    )
    assert.deepEqual(await applied(await next!), ['0001-shop'])
  })

  test('that was cut short between two statements goes on with the second', async (t) => {
    const options = mysqlDatabase(t)
    const proxy = await mysqlProxy(t, options)
    const cut: SchemaStep = { isDone: () => Promise.resolve(false), run: () => proxy.goDown() }
    const column = addColumn('goods', 'price', 'integer not null default 0')
    const first = await openFor(t, proxy.options)
    await assert.rejects(migrate(first, setOf(goods, cut, column)), { code: 'STORE_UNAVAILABLE' })
    const [table, price] = [counted(goods), counted(column)]
    const next = await openFor(t, options)
    await migrate(next, setOf(table, price))
    assert.deepEqual([table.runs, price.runs, await applied(next)], [0, 1, ['0001-shop']])
  })

  test('is waited for by a second start, which says so once and finds it done', async (t) => {
    const options = mysqlDatabase(t)
    const told = Promise.withResolvers<void>()
    let tellings = 0
    const first = await openFor(t, options)
    const second = await openFor(t, { ...options, onWaiting: () => (tellings++, told.resolve()) })
    const held = await first.lock('gate', new AbortController().signal)
    const [one, other] = [counted(gated(options)), counted(gated(options))]
    const migrating = migrate(first, setOf(one))
    await isStuck(options, 'create table `gated`%')
    const waiting = migrate(second, setOf(other))
    await told.promise
    // Longer than any other statement may take.
    await delay(2 * limits.queryMs)
    await held.release()
    await Promise.all([migrating, waiting])
    assert.deepEqual([one.runs, other.runs, tellings], [1, 0, 1])
  })

  test('does not stop a process that runs on the schema of before', async (t) => {
    const options = mysqlDatabase(t)
    const database = await openFor(t, options)
    await migrate(database, setOf(goods))
    const held = await database.lock('gate', new AbortController().signal)
    const changing = migrate(database, later(gated(options)))
    await isStuck(options, 'create table `gated`%')
    await database.transaction((tx) => tx.insertInto('goods').values({ id: 1 }).execute())
    assert.deepEqual(await database.reader.selectFrom('goods').selectAll().execute(), [{ id: 1 }])
    await held.release()
    await changing
  })

  test('waits for a transaction that still uses the table', async (t) => {
    const options = mysqlDatabase(t)
    const database = await openFor(t, options)
    await migrate(database, setOf(goods))
    const column = addColumn('goods', 'price', 'integer not null default 0')
    let changing: Promise<void> | undefined
    await database.transaction(async (tx) => {
      await tx.selectFrom('goods').selectAll().execute()
      changing = migrate(database, later(column))
      await isStuck(options, 'alter table `goods`%')
      await delay(2 * limits.queryMs)
    })
    await changing
    assert.equal((await statement(options, `show columns from ${options.name}.goods like 'price'`)).length, 1)
  })

  test('gives up on a server that falls silent', async (t) => {
    const options = mysqlDatabase(t)
    const proxy = await mysqlProxy(t, options)
    const database = await openFor(t, proxy.options)
    const gate = await openFor(t, options)
    const held = await gate.lock('gate', new AbortController().signal)
    const changing = assert.rejects(migrate(database, setOf(gated(options))), { code: 'STORE_UNAVAILABLE' })
    await isStuck(options, 'create table `gated`%')
    proxy.fallSilent()
    await changing
    await held.release()
    await proxy.goDown()
  })

  test('gives up when the server says that it is not alone any more', async (t) => {
    const options = mysqlDatabase(t)
    const gate = await openFor(t, options)
    const held = await gate.lock('gate', new AbortController().signal)
    const database = await openFor(t, options)
    // As if the connection were lost, and the network had not said so.
    const release = step(sql`select 1 from dual where false`, sql`select release_lock(${`${options.name}.schema`})`)
    await assert.rejects(migrate(database, setOf(release, gated(options))), { code: 'STORE_UNAVAILABLE' })
    await held.release()
  })

  test('ends when its database is closed', async (t) => {
    const options = mysqlDatabase(t)
    const gate = await openFor(t, options)
    const database = await openFor(t, options)
    const held = await gate.lock('gate', new AbortController().signal)
    const changing = assert.rejects(migrate(database, setOf(gated(options))), { code: 'STORE_UNAVAILABLE' })
    await isStuck(options, 'create table `gated`%')
    await database.close()
    await changing
    await held.release()
  })
})
