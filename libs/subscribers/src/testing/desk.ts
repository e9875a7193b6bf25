import type { TestContext } from 'node:test'
import { Catalogue } from '@magasin/contracts/catalogue'
import { defineFamily, type EventOf } from '@magasin/contracts/define-family'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { clubErrors, members, visits, type ClubEvent } from '@magasin/contracts/testing/members'
import type { EventLog } from '@magasin/event-log/event-log'
import type { Command } from '@magasin/event-store/command'
import type { EventStore } from '@magasin/event-store/event-store'
import { openMysqlEventStore } from '@magasin/event-store/mysql/mysql-event-store'
import { openSqliteEventStore } from '@magasin/event-store/sqlite/sqlite-event-store'
import type { StateTable } from '@magasin/event-store/state-table'
import type { EventStoreTables } from '@magasin/event-store/tables'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { command } from '../handlers/command.ts'
import { openSubscriber } from '../subscriber.ts'
import type { Subscription } from '../subscription.ts'
import { tellingObserver, type GreetingTables } from './greeter.ts'

const { schema } = visits.specs.MemberVisited
const welcomes = defineFamily({
  topic: 'welcome-events',
  owner: 'desk',
  streamOf: ({ member }) => `welcome-${member}`,
  // The note says the how manyth time it is.
  events: { MemberWelcomed: { schemaVersion: 1, schema, sample: { member: 42, note: '1' } } },
})

const catalogue = new Catalogue({ families: [members, visits, welcomes], errors: clubErrors })

type WelcomedRow = { readonly member: number; readonly times: number }

export interface DeskTables extends GreetingTables, EventStoreTables {
  welcomed: { member: number; times: number }
}

const welcomed: StateTable<WelcomedRow, EventOf<typeof welcomes>> = {
  name: 'welcomed',
  key: ['member'],
  projections: { MemberWelcomed: ({ member, note }) => [{ put: { member, times: Number(note) } }] },
}

/** Counts what it reads, so that one that is carried out twice shows. */
export function welcome(member: number): Command<number> {
  return {
    reads: [{ table: welcomed, where: { member } }],
    decide(state) {
      const times = (state.find(welcomed, { member })?.times ?? 0) + 1
      return { events: [{ type: 'MemberWelcomed', data: { member, note: String(times) } }], answer: times }
    },
  }
}

export function refuseToWelcome(): Command<never> {
  return {
    reads: [],
    decide() {
      throw new MagasinError(clubErrors.MEMBER_NOT_FOUND, 'there is no such member')
    },
  }
}

/** One process of a service that welcomes whoever joined: its own connections, its own store, and how to subscribe. */
export async function openDesk(t: TestContext, openDatabase: () => Promise<SqlDatabase<GreetingTables>>) {
  const database = (await openDatabase()) as unknown as SqlDatabase<DeskTables>
  await database.changeSchema(async (db) => {
    const table = db.schema.createTable('welcomed').ifNotExists()
    await table
      .addColumn('member', 'integer', (column) => column.primaryKey())
      .addColumn('times', 'integer')
      .execute()
  })
  const open = database.kind === 'sqlite' ? openSqliteEventStore : openMysqlEventStore
  const store = await open({ catalogue, owner: 'desk', database, stateTables: [welcomed] })
  const stops: (() => Promise<void>)[] = []
  t.after(async () => {
    await Promise.all(stops.map((stop) => stop()))
    await store.close()
    await database.close()
  })
  return {
    database,
    store,
    async subscribe(log: EventLog, answer: (member: number) => Command<unknown> | undefined, through = execute(store)) {
      const { told, observer, until } = tellingObserver()
      const on: Subscription<ClubEvent, DeskTables>['on'] = { MemberJoined: command(({ data }) => answer(data.id)) }
      const subscription = { group: 'desk', on }
      const options = { catalogue, log, database, subscription, observer, redrivePollMs: 5 }
      const subscriber = await openSubscriber<DeskTables>({ ...options, store: through })
      stops.push(() => subscriber.stop())
      return { subscriber, told, until }
    },
    /** What was welcomed, in the order in which it was: by which event, in which trace, and the how manyth time. */
    async welcomes() {
      const query = database.reader.selectFrom('events').select(['stream', 'caused_by', 'traceparent', 'value'])
      const rows = await query.where('topic', '=', 'welcome-events').orderBy('command_no').execute()
      return rows.map(({ stream, caused_by, traceparent, value }) => {
        const { note } = JSON.parse(value) as { note: string }
        return { stream, causedBy: caused_by, traceparent, times: Number(note) }
      })
    },
  }
}

const execute = (store: EventStore): Pick<EventStore, 'execute'> => ({
  execute: (one, context) => store.execute(one, context),
})
