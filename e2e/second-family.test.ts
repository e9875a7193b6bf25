import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Catalogue } from '@magasin/contracts/catalogue'
import type { DomainEvent } from '@magasin/contracts/event-record'
import type { EventLog } from '@magasin/event-log/event-log'
import { openKafkaLog } from '@magasin/event-log/kafka/kafka-log'
import { openHistory } from '@magasin/event-log/open-history'
import { openRelay } from '@magasin/event-log/relay'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { kafkaTopic, noKafka } from '@magasin/event-log/testing/kafka-topic'
import type { Command } from '@magasin/event-store/command'
import type { EventStore } from '@magasin/event-store/event-store'
import { openMysqlEventStore } from '@magasin/event-store/mysql/mysql-event-store'
import { openSqliteEventStore } from '@magasin/event-store/sqlite/sqlite-event-store'
import type { StateTable } from '@magasin/event-store/state-table'
import type { EventStoreTables } from '@magasin/event-store/tables'
import { migrate, type MigrationSet } from '@magasin/sql/migrate'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { outside } from '@magasin/subscribers/outside'
import { openSubscriber } from '@magasin/subscribers/subscriber'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { findViolations } from '../tools/boundaries.ts'
import { createSite } from '../tools/testing/site.ts'
import { kill, start } from '../tools/testing/spawned.ts'
import { temporaryFolder } from '../tools/testing/temporary-folder.ts'
import { until } from '../tools/testing/until.ts'
import { applyDiff, changedCopy } from './second-family/changed-copy.ts'
import { call, createUser } from './testing/call.ts'

const howTo = 'docs/how-to/add-a-family.md'
const owner = 'store-manager'
/** The repository after somebody did what the page says. */
let copy: string

interface Tables extends EventStoreTables {
  open_wishes: { id: number; user_id: number; text: string }
}

/** What the page makes; loaded from the copy. */
interface Made {
  readonly shopCatalogue: Catalogue
  readonly users: StateTable
  readonly openWishes: StateTable
  readonly userMigrations: MigrationSet
  readonly wishMigrations: MigrationSet
  makeWish(user_id: number, text: string): Command<{ readonly wish_id: number }>
  grantWishes(user_id: number): Command<{ readonly granted: number }>
}
let made: Made

before(async (t) => {
  copy = temporaryFolder(t as TestContext)
  changedCopy(copy, howTo)
  const load = (path: string) => import(pathToFileURL(join(copy, 'services', path)).href) as Promise<Partial<Made>>
  const wishes = ['table', 'migrations', 'make-wish', 'grant-wishes'].map((name) => `wishes/${name}`)
  const ofStore = [...wishes, 'users/table', 'users/migrations'].map((path) => `store-manager/src/${path}.ts`)
  const modules = await Promise.all(['contracts/src/shop-catalogue.ts', ...ofStore].map(load))
  made = Object.assign({}, ...modules) as Made
})

/** Runs a program of Node in the copy; what it wrote. Fails if the program does. */
async function runInCopy(t: TestContext, ...args: readonly string[]): Promise<string> {
  const run = start(process.execPath, args, { cwd: copy })
  t.after(() => kill(run))
  assert.equal(await run.ended(), 0, run.output())
  return run.output()
}

describe('whoever does what docs/how-to/add-a-family.md says', () => {
  test('breaks no boundary', () => {
    const paths = globSync(['package.json', '*/*/package.json', '**/*.ts'], {
      cwd: copy,
      exclude: ['**/node_modules/**'],
    })
    const sources = new Map(paths.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(copy, path), 'utf8')]))
    assert.ok(sources.has('services/store-manager/src/wishes/make-wish.ts'))
    assert.deepEqual(findViolations(sources), [])
  })

  test('has files that are formatted as ours are', async (t) => {
    await runInCopy(t, 'node_modules/oxfmt/bin/oxfmt', '--check', 'services')
  })

  test('has a repository whose types fit', async (t) => {
    // The libraries are as they were: only who imports the catalogue can be broken by it.
    const who = { extends: './tsconfig.json', include: ['services', 'apps'] }
    writeFileSync(join(copy, 'tsconfig.changed.json'), JSON.stringify(who))
    await runInCopy(t, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.changed.json')
  })

  test('has a reference that tells of the family, and pages that the tests of the shop let through', async (t) => {
    await runInCopy(t, 'tools/write-reference.ts')
    assert.match(readFileSync(join(copy, 'docs/reference/events.md'), 'utf8'), /^## wish-events$/m)
    await runInCopy(t, '--test', 'services/contracts/src/*.test.ts', 'apps/shop/src/*.test.ts')
  })

  test('has a shop that takes the commands over HTTP and exports the events', async (t) => {
    const { env } = createSite(t)
    const token = 'a-token-that-is-long-enough-for-a-manager'
    const command = [process.execPath, ['apps/magasin/src/main.ts', 'start']] as const
    const shop = start(...command, { cwd: copy, env: { ...env, MAGASIN_TOKEN: token } })
    t.after(() => kill(shop))
    const [, url = ''] = await shop.says(/The store\s+(http:\/\/\S+)/)
    const store = { url, token }
    const id = await createUser(store, { name: 'Ada Lovelace', email: 'ada.wishes@example.com' })
    await call(store, `POST /users/${id}/wishes`, { text: 'a sledge' })
    assert.deepEqual(await call(store, `DELETE /users/${id}/wishes`), { granted: 1 })
    await assert.rejects(call(store, `DELETE /users/${id}/wishes`), /was answered 404/)
    const asked = ['apps/magasin/src/main.ts', 'history', 'export', '--topic', 'wish-events']
    const exported = start(process.execPath, asked, { cwd: copy, env })
    assert.equal(await exported.ended(), 0, exported.output())
    const history = readFileSync(join(copy, 'wish-events.json'), 'utf8')
    assert.match(history, /"event":"WishMade".*"text":"a sledge"[^]*"event":"WishGranted"/)
  })

  test('would be told if the page changed what is not there', () => {
    assert.equal(applyDiff('a\nb\n', ' a\n-b\n+c\n'), 'a\nc\n')
    assert.throws(() => applyDiff('a\nd\n', ' a\n-b\n+c\n'), /found 0 times/)
  })
})

/** A store of both families, and the log that its subscribers read. */
interface Site {
  readonly database: SqlDatabase<Tables>
  readonly store: EventStore
  readonly log: EventLog
}

/** What a store of the copy is opened with; makes its tables. */
async function storeOptions(database: SqlDatabase<Tables>) {
  const { shopCatalogue: catalogue, users, openWishes, userMigrations, wishMigrations } = made
  for (const set of [userMigrations, wishMigrations]) await migrate(database, set)
  return { catalogue, owner, database, stateTables: [users, openWishes] }
}

async function onTable(t: TestContext): Promise<Site> {
  const database = openSqlite<Tables>({ file: join(temporaryFolder(t), 'store.db') })
  const store = await openSqliteEventStore(await storeOptions(database))
  const log = await openTableLog({ database, onNews: (listener) => store.onCommit(listener) })
  t.after(async () => {
    await log.close()
    await store.close()
    await database.close()
  })
  return { database, store, log }
}

async function onKafka(t: TestContext): Promise<Site> {
  const { shopCatalogue: catalogue } = made
  const { kafka, closeFirst } = kafkaTopic(t, undefined, catalogue.topics)
  const database = await openMysql<Tables>(mysqlDatabase(t))
  const store = await openMysqlEventStore(await storeOptions(database))
  const observer = { sent: () => undefined, failed: () => undefined, recovered: () => undefined }
  const topics = catalogue.topicsOf(owner).map(({ name }) => name)
  const relay = await openRelay({ database, logId: store.logId, topics, kafka, observer })
  const log = openKafkaLog(kafka)
  closeFirst(async () => {
    await log.close()
    await relay.stop()
    await store.close()
    await database.close()
  })
  return { database, store, log }
}

const member = { name: 'Ada Lovelace', email: 'ada@example.com', user_type_id: 1 } as const

for (const { engine, skip, open } of [
  { engine: 'SQLite and its event table', skip: false, open: onTable },
  { engine: 'MariaDB and Kafka', skip: skipWithoutMysql || noKafka, open: onKafka },
])
  describe(`a second family of events on ${engine}`, { skip }, () => {
    test('is recorded, projected, read by one group together with the first, and told in the order of the commands', async (t) => {
      const { database, store, log } = await open(t)
      const { shopCatalogue: catalogue, makeWish, grantWishes } = made
      const seen: string[] = []
      const see = outside<DomainEvent>(async ({ type, record }) => void seen.push(`${type} ${record.stream}`))
      const own = openSqlite<SubscriberTables>({ file: join(temporaryFolder(t), 'own.db') })
      const nothing = () => undefined
      const subscriber = await openSubscriber({
        catalogue,
        log,
        database: own,
        subscription: { group: `both-${store.logId}`, on: { UserCreated: see, WishMade: see, WishGranted: see } },
        observer: {
          handled: nothing,
          retried: nothing,
          parked: nothing,
          slow: nothing,
          redriven: nothing,
          alarm: nothing,
        },
      })
      t.after(async () => {
        await subscriber.stop()
        await own.close()
      })
      await store.execute({
        reads: [],
        decide: () => ({ events: [{ type: 'UserCreated', data: { id: 42, ...member } }], answer: null }),
      })
      for (const text of ['a sledge', 'snow']) await store.execute(makeWish(42, text))
      assert.equal((await database.reader.selectFrom('open_wishes').selectAll().execute()).length, 2)
      assert.deepEqual((await store.execute(grantWishes(42))).answer, { granted: 2 })
      assert.deepEqual(await database.reader.selectFrom('open_wishes').selectAll().execute(), [])

      const told = [
        'UserCreated user-42',
        'WishMade wish-1',
        'WishMade wish-2',
        'WishGranted wish-1',
        'WishGranted wish-2',
      ]
      await until('the group has seen the events of both topics', () => seen.length === told.length)
      assert.deepEqual(seen.toSorted(), told.toSorted())
      await until('the log has them all', async () => {
        const history = await openHistory(log, ['user-events', 'wish-events'])
        const lines: string[] = []
        for await (const page of history.pages()) lines.push(...page.map(({ type, stream }) => `${type} ${stream}`))
        if (lines.length < told.length) return false
        assert.deepEqual(lines, told)
        return true
      })
    })
  })
