// A service that asks without end: `node asker.ts FILE`. Writes the id of each question whose event is durable.
import type { Command } from '@magasin/event-store/command'
import { openSqliteEventStore } from '@magasin/event-store/sqlite/sqlite-event-store'
import type { EventStoreTables } from '@magasin/event-store/tables'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { catalogue, type QuestionEvent } from './families.ts'

const [file = ''] = process.argv.slice(2)
const database = openSqlite<EventStoreTables>({ file })
const store = await openSqliteEventStore({ catalogue, owner: 'asker', database, stateTables: [] })

const ask: Command<number> = {
  newId: 'question',
  reads: [],
  decide(_state, { id }) {
    const asked: QuestionEvent = { type: 'Asked', data: { id } }
    return { events: [asked], answer: id }
  },
}

for (;;) {
  const { answer } = await store.execute(ask)
  process.stdout.write(`${answer}\n`)
  await new Promise((resolve) => setTimeout(resolve, 20))
}
