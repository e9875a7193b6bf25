// A service that asks without end, or that only relays what it asked before: `node asker.ts [silent]`, its place in the environment.
// Writes the id of each question whose event is durable.
import type { Command } from '@magasin/event-store/command'
import { catalogue, questions, type QuestionEvent } from './families.ts'
import { awaitDeath } from './moments.ts'
import { openStore } from './open-store.ts'
import { readPlace } from './place.ts'

const [mode] = process.argv.slice(2)
const place = readPlace()
const reached = awaitDeath()
const { database, store } = await openStore('asker', place.asker, reached)

if (place.kafka !== null) {
  // Here and not above: without Kafka its client would be most of what a start has to load.
  const { openRelay } = await import('@magasin/event-log/relay')
  await openRelay({
    database,
    logId: store.logId,
    topics: [questions.topic.name],
    kafka: { ...place.kafka, clientId: 'asker', topics: catalogue.topics },
    onNews: (listener) => store.onCommit(listener),
    observer: {
      sent: () => reached('sent'),
      failed: (_topic, error) => void process.stderr.write(`asker: ${String(error)}\n`),
      recovered: () => undefined,
    },
  })
}

const ask: Command<number> = {
  newId: 'question',
  reads: [],
  decide(_state, { id }) {
    reached('decided')
    const asked: QuestionEvent = { type: 'Asked', data: { id } }
    return { events: [asked], answer: id }
  },
}

async function askWithoutEnd(): Promise<never> {
  for (;;) {
    const { answer } = await store.execute(ask)
    reached('committed')
    process.stdout.write(`${answer}\n`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

if (mode !== 'silent') await askWithoutEnd()
