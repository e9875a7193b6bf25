// A service that answers each question of another with a command of its own store: `node answerer.ts FILE OF_ASKER`.
import type { Command } from '@magasin/event-store/command'
import { openSqliteEventStore } from '@magasin/event-store/sqlite/sqlite-event-store'
import type { EventStoreTables } from '@magasin/event-store/tables'
import type { EventTables } from '@magasin/event-log/event-table'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { command } from '@magasin/subscribers/command'
import { openSubscriber } from '@magasin/subscribers/subscriber'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { catalogue, type AnswerEvent, type QuestionEvent } from './families.ts'

const [file = '', ofAsker = ''] = process.argv.slice(2)
const database = openSqlite<EventStoreTables & SubscriberTables>({ file })
const store = await openSqliteEventStore({ catalogue, owner: 'answerer', database, stateTables: [] })
const log = await openTableLog({ database: openSqlite<EventTables>({ file: ofAsker }) })

const answer = (id: number): Command<null> => ({
  reads: [],
  decide() {
    const answered: AnswerEvent = { type: 'Answered', data: { id } }
    return { events: [answered], answer: null }
  },
})

const fail = (error: unknown) => process.stderr.write(`${String(error)}\n`)
await openSubscriber({
  catalogue,
  log,
  database,
  store,
  subscription: { group: 'answerer', on: { Asked: command<QuestionEvent>(({ data }) => answer(data.id)) } },
  observer: {
    handled: (count) => void process.stdout.write(`${count}\n`),
    retried: fail,
    parked: (_record, reason) => fail(reason),
    slow: () => undefined,
    redriven: () => undefined,
    alarm: fail,
  },
})
