import type { AnswersEvidence } from './check-answers.ts'
import type { ServiceTables } from './open-store.ts'
import { openDatabase, type DatabasePlace, type Place } from './place.ts'

/** What the two services hold. */
export async function collectAnswers({ asker, answerer }: Place): Promise<Omit<AnswersEvidence, 'acknowledged'>> {
  const [asked, answered] = await Promise.all([eventsOf(asker), eventsOf(answerer)])
  return {
    questions: asked.map(({ event_id, stream }) => ({ eventId: event_id, stream })),
    answers: answered.map(({ caused_by, stream }) => ({ causedBy: caused_by, stream })),
    parked: await parkedOf(answerer),
  }
}

async function eventsOf(at: DatabasePlace) {
  await using database = await openToRead(at)
  // Awaited here, or the database would be closed before it answers.
  return await database.reader.selectFrom('events').select(['event_id', 'caused_by', 'stream']).execute()
}

async function parkedOf(at: DatabasePlace): Promise<readonly string[]> {
  await using database = await openToRead(at)
  return (await database.reader.selectFrom('parked_events').select('stream').execute()).map(({ stream }) => stream)
}

async function openToRead(at: DatabasePlace) {
  const database = await openDatabase<ServiceTables>(at, { readOnly: true })
  return { reader: database.reader, [Symbol.asyncDispose]: () => database.close() }
}
