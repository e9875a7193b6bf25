import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { DecodedEvent } from '@magasin/contracts/event-record'
import type { EventTables } from '@magasin/event-log/event-table'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { club, clubErrors } from '@magasin/contracts/testing/members'
import { temporaryFolder } from '@magasin/contracts/testing/temporary-folder'
import type { EventLog } from '@magasin/event-log/event-log'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { appendEvents, createEventTables } from '@magasin/event-log/testing/event-tables'
import { narrowDatabase } from '@magasin/sql/narrow'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { openSubscriber, type SubscriberOptions } from '../subscriber.ts'
import type { HandlerContext } from '../subscription.ts'
import type { SubscriberTables } from '../tables.ts'

export interface GreetingTables extends SubscriberTables {
  /** The effects: one row for each event that was handled, in order. */
  greetings: { id?: number; stream: string; version: number }
}

export type Handle = (event: DecodedEvent, context: HandlerContext<GreetingTables>) => Promise<void>

export const greet: Handle = async ({ record }, { tx }) => {
  await tx.insertInto('greetings').values({ stream: record.stream, version: record.streamVersion }).execute()
}

export const refuse = () => Promise.reject(new MagasinError(clubErrors.NOBODY_THERE, 'nobody lives there'))

/** The engines on which a subscriber keeps what is its own. */
export const engines = [
  { engine: 'SQLite', skip: false, setUp: (t: TestContext) => setUp(t, sqliteDatabase) },
  {
    engine: 'MySQL',
    skip: skipWithoutMysql,
    setUp: (t: TestContext) => setUp(t, (on) => openMysql(mysqlDatabase(on))),
  },
] as const

function sqliteDatabase(t: TestContext): SqlDatabase<GreetingTables> {
  return openSqlite<GreetingTables>({ file: join(temporaryFolder(t), 'greetings.db') })
}

/** A log of user events, and a subscriber's database, both of the test's own. */
async function setUp(
  t: TestContext,
  openDatabase: (t: TestContext) => SqlDatabase<GreetingTables> | Promise<SqlDatabase<GreetingTables>>,
) {
  const store = openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') })
  const logId = await createEventTables(store)
  const database = await openDatabase(t)
  await database.changeSchema(async (db) => {
    const table = db.schema
      .createTable('greetings')
      .addColumn('id', 'integer', (column) =>
        (database.kind === 'mysql' ? column.autoIncrement() : column).primaryKey(),
      )
    await table.addColumn('stream', 'varchar(200)').addColumn('version', 'integer').execute()
  })
  const log = await openTableLog({ database: store })
  t.after(async () => {
    await log.close()
    await Promise.all([store.close(), database.close()])
  })
  /** Records an event of `user-{n}`, in partition n. */
  const versions = new Map<number, number>()
  const record = (...users: readonly number[]) =>
    appendEvents(
      store,
      users.map((n) => {
        const version = (versions.get(n) ?? 0) + 1
        versions.set(n, version)
        const data = { id: n, name: `Person ${n}`, contact: `p${n}@example.com`, level: 1 } as const
        return {
          logId,
          partition: n % 8,
          stream: `member-${n}`,
          streamVersion: version,
          value: club.encode({ type: 'MemberJoined', data }, ''),
        }
      }),
    )
  const greetings = async () =>
    (await database.reader.selectFrom('greetings').selectAll().orderBy('id').execute()).map(
      ({ stream, version }) => `${stream} v${version}`,
    )
  const own = narrowDatabase<SubscriberTables, GreetingTables>(database)
  return { store, database, own, log, logId, record, greetings }
}

export async function subscribe(
  t: TestContext,
  on: { log: EventLog; database: SubscriberOptions<GreetingTables>['database'] },
  handle: Handle,
) {
  const told = { parked: [] as string[], retried: [] as unknown[], redriven: 0, passed: 0 }
  let check = (): void => undefined
  const subscriber = await openSubscriber<GreetingTables>({
    catalogue: club,
    ...on,
    subscription: {
      group: 'greeter',
      topic: 'member-events',
      handles: ['MemberJoined'],
      handle,
      eventsPerTransaction: 20,
    },
    redrivePollMs: 5,
    observer: {
      handled: (count) => ((told.passed += count), check()),
      retried: (error) => (told.retried.push(error), check()),
      parked({ stream, streamVersion }, reason) {
        if (reason !== null) told.parked.push(`${stream} v${streamVersion}`)
        told.passed++
        check()
      },
      redriven: (_, count) => ((told.redriven += count), check()),
      alarm: () => undefined,
    },
  })
  t.after(() => subscriber.stop())
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      check = () => condition() && resolve()
      check()
    })
  return { subscriber, told, until }
}
