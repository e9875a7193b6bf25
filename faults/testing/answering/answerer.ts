// A service that answers each question of another with a command of its own store: `node answerer.ts [careless]`, its place in the
// environment. A careless one is a planted fault: its position moves after its command, in a transaction of its own.
// Writes a line for each answer that it has given.
import type { Command } from '@magasin/event-store/command'
import type { EventStore } from '@magasin/event-store/event-store'
import type { EventLog } from '@magasin/event-log/event-log'
import type { EventTables } from '@magasin/event-log/event-table'
import { command } from '@magasin/subscribers/command'
import { outside } from '@magasin/subscribers/outside'
import { openSubscriber } from '@magasin/subscribers/subscriber'
import { catalogue, type AnswerEvent, type QuestionEvent } from './families.ts'
import { awaitDeath } from './moments.ts'
import { openStore } from './open-store.ts'
import { openDatabase, readPlace, type Place } from './place.ts'

const [mode] = process.argv.slice(2)
const place = readPlace()
const reached = awaitDeath()
const { database, store } = await openStore('answerer', place.answerer, reached)

async function openLog({ asker, kafka }: Place): Promise<EventLog> {
  if (kafka === null) {
    const { openTableLog } = await import('@magasin/event-log/table/table-log')
    return openTableLog({ database: await openDatabase<EventTables>(asker) })
  }
  const { openKafkaLog } = await import('@magasin/event-log/kafka/kafka-log')
  return openKafkaLog({ ...kafka, clientId: 'answerer', topics: catalogue.topics })
}

const watched: Pick<EventStore, 'execute'> = {
  async execute(one, context) {
    const executed = await store.execute(one, context)
    reached('committed')
    return executed
  },
}

function answer(id: number): Command<null> {
  reached('received')
  return {
    reads: [],
    decide() {
      reached('decided')
      const answered: AnswerEvent = { type: 'Answered', data: { id } }
      return { events: [answered], answer: null }
    },
  }
}

const careful = command<QuestionEvent>(({ data }) => answer(data.id))
const careless = outside<QuestionEvent>(async ({ data, record: { eventId } }) => {
  await watched.execute(answer(data.id), { cause: { eventId, claim: () => Promise.resolve(true) } })
})

const fail = (error: unknown) => void process.stderr.write(`answerer: ${String(error)}\n`)
await openSubscriber({
  catalogue,
  log: await openLog(place),
  database,
  store: watched,
  subscription: { group: place.group, on: { Asked: mode === 'careless' ? careless : careful } },
  observer: {
    handled: (count) => void process.stdout.write('answered\n'.repeat(count)),
    retried: fail,
    parked: (_record, reason) => fail(reason),
    slow: () => undefined,
    redriven: () => undefined,
    alarm: fail,
  },
})
