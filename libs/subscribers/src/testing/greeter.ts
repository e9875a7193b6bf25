import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { club, clubErrors, type ClubEvent } from '@magasin/contracts/testing/members'
import type { EventLog, SubscribeRequest } from '@magasin/event-log/event-log'
import type { EventTables } from '@magasin/event-log/event-table'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { appendEvents, createEventTables } from '@magasin/event-log/testing/event-tables'
import { narrowDatabase } from '@magasin/sql/narrow'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import type { TransactionHandler } from '../handlers/in-transaction.ts'
import type { SubscriberObserver } from '../reporter.ts'
import { openSubscriber } from '../subscriber.ts'
import type { Subscription } from '../subscription.ts'
import type { SubscriberTables } from '../tables.ts'

export interface GreetingTables extends SubscriberTables {
  /** The effects: one row for each event that was handled, in order. */
  greetings: { id?: number; stream: string; version: number }
}

export type Handle = TransactionHandler<ClubEvent, GreetingTables>['handle']
export type On = Subscription<ClubEvent, GreetingTables>['on']

export const greet: Handle = async ({ record }, { tx }) => {
  await tx.insertInto('greetings').values({ stream: record.stream, version: record.streamVersion }).execute()
}

export const refuse = () => Promise.reject(new MagasinError(clubErrors.NOBODY_THERE, 'nobody lives there'))

/** A gate that a test holds open: those who pass wait until it is let go. */
export function holdOpen() {
  const { promise: passed, resolve: letGo } = Promise.withResolvers<void>()
  return { passed, letGo }
}

/** The engines on which a subscriber keeps what is its own. */
export const engines = [
  {
    engine: 'SQLite',
    skip: false,
    setUp(t: TestContext) {
      const file = join(temporaryFolder(t), 'greetings.db')
      return setUp(t, () => Promise.resolve(openSqlite<GreetingTables>({ file })))
    },
  },
  {
    engine: 'MySQL',
    skip: skipWithoutMysql,
    setUp(t: TestContext) {
      const options = mysqlDatabase(t)
      return setUp(t, () => openMysql<GreetingTables>(options))
    },
  },
] as const

/** A log of the club's events, and a subscriber's database, both of the test's own. */
async function setUp(t: TestContext, openDatabase: () => Promise<SqlDatabase<GreetingTables>>) {
  const store = openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') })
  const logId = await createEventTables(store)
  const database = await openDatabase()
  await database.changeSchema(async (db) => {
    const table = db.schema
      .createTable('greetings')
      .addColumn('id', 'integer', (column) =>
        (database.kind === 'mysql' ? column.autoIncrement() : column).primaryKey(),
      )
    await table.addColumn('stream', 'varchar(200)').addColumn('version', 'integer').execute()
  })
  const logs: EventLog[] = []
  /** The log as another process opens it: within one, a group subscribes once. */
  const openLog = async () => {
    const opened = await openTableLog({ database: store })
    logs.push(opened)
    return opened
  }
  const log = await openLog()
  t.after(async () => {
    await Promise.all(logs.map((one) => one.close()))
    await Promise.all([store.close(), database.close()])
  })
  /** Records an event of `member-{n}`, in partition n. */
  const versions = new Map<number, number>()
  const record = (...members: readonly number[]) =>
    appendEvents(
      store,
      members.map((n) => {
        const version = (versions.get(n) ?? 0) + 1
        versions.set(n, version)
        const data = { id: n, name: `Person ${n}`, contact: `p${n}@example.com`, level: 1 } as const
        return {
          logId,
          partition: n % 8,
          stream: `member-${n}`,
          streamVersion: version,
          traceparent: `00-${String(n).padStart(32, '0')}-${String(version).padStart(16, '0')}-01`,
          value: club.encode({ type: 'MemberJoined', data }, ''),
        }
      }),
    )
  const greetings = async () =>
    (await database.reader.selectFrom('greetings').selectAll().orderBy('id').execute()).map(
      ({ stream, version }) => `${stream} v${version}`,
    )
  const own = narrowDatabase<SubscriberTables, GreetingTables>(database)
  return { store, database, openDatabase, own, log, openLog, logId, record, greetings }
}

/** An observer that notes what it is told, and lets a test wait for it. */
export function tellingObserver() {
  const told = {
    handled: 0,
    parked: [] as string[],
    waiting: [] as string[],
    retried: [] as unknown[],
    slow: [] as string[],
    redriven: 0,
    alarms: [] as string[],
    /** How many events the position has passed. */
    get passed() {
      return this.handled + this.parked.length + this.waiting.length
    },
  }
  let check = (): void => undefined
  const tell =
    <Args extends readonly unknown[]>(listener: (...args: Args) => void) =>
    (...args: Args) => {
      listener(...args)
      check()
    }
  const observer: SubscriberObserver = {
    handled: tell((count) => (told.handled += count)),
    retried: tell((error) => told.retried.push(error)),
    parked: tell(({ stream, streamVersion }, reason) =>
      (reason === null ? told.waiting : told.parked).push(`${stream} v${streamVersion}`),
    ),
    slow: tell(({ stream, streamVersion }) => told.slow.push(`${stream} v${streamVersion}`)),
    redriven: tell((_, count) => (told.redriven += count)),
    alarm: tell(({ code }, { topic, partition }) => told.alarms.push(`${code} ${topic}/${partition}`)),
  }
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      check = () => condition() && resolve()
      check()
    })
  return { told, observer, until }
}

interface Listening {
  readonly log: EventLog
  readonly database: SqlDatabase<GreetingTables>
  readonly group?: string
  readonly effectsAtOnce?: number
}

/** Runs a subscription of the test's own until the test ends. */
export async function subscribe(
  t: TestContext,
  { log, database, group = 'greeter', effectsAtOnce = 50 }: Listening,
  on: On,
) {
  const { told, observer, until } = tellingObserver()
  const options = { catalogue: club, log, database, subscription: { group, effectsAtOnce, on }, observer }
  const subscriber = await openSubscriber<GreetingTables>({ ...options, redrivePollMs: 5 })
  t.after(() => subscriber.stop())
  return { subscriber, told, until }
}

/** The same log, but every delivery comes ten times at once; `repeats` is how each of them ended. */
export function stuttering(log: EventLog) {
  const repeats: Promise<unknown>[] = []
  const tenfold: EventLog = {
    ...log,
    subscribe: (request) =>
      log.subscribe({
        ...request,
        async deliver(records, signal) {
          const tenTimes = Array.from({ length: 10 }, () => request.deliver(records, signal))
          repeats.push(...tenTimes)
          for (const one of tenTimes) one.catch(() => undefined)
          await tenTimes[0]
        },
      }),
  }
  return { log: tenfold, repeats }
}

/** The same log, which says that its member reads those partitions of the members' topic alone that it is told. */
export function assignable(log: EventLog) {
  let tell: SubscribeRequest['onAssigned']
  const assigning: EventLog = {
    ...log,
    subscribe(request) {
      tell = request.onAssigned
      return log.subscribe(request)
    },
  }
  const assign = (partitions: readonly number[]) =>
    tell!(partitions.map((partition) => ({ topic: 'member-events', partition })))
  return { log: assigning, assign }
}
