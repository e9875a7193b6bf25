import { randomUUID } from 'node:crypto'
import type { EventRecord } from '@magasin/contracts/event-record'
import { club } from '@magasin/contracts/testing/members'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'
import { eventTableSchema } from '../table/event-table-schema.ts'
import { rowOf, type EventTables } from '../table/event-table.ts'

/** Makes the tables that the log reads, with no event, in a database of a test; resolves with the log's identity. */
export async function createEventTables(database: SqlDatabase<EventTables>, catalogue = club): Promise<string> {
  const logId = randomUUID()
  await database.changeSchema(async (db) => {
    for (const statement of eventTableSchema[database.kind]) await sql.raw(statement).execute(db)
    await db.insertInto('log_identity').values({ log_id: logId }).execute()
    for (const { name: topic, partitions } of catalogue.topics.values())
      for (let partition = 0; partition < partitions; partition++)
        await db.insertInto('partition_counters').values({ topic, partition, last_seq: 0 }).execute()
  })
  return logId
}

/** Records events as the event store would, each by a command of its own; resolves with the records. */
export function appendEvents(
  database: SqlDatabase<EventTables>,
  events: readonly (Partial<EventRecord> & { readonly partition: number })[],
): Promise<readonly EventRecord[]> {
  return database.transaction(async (tx) => {
    const { count } = await tx
      .selectFrom('events')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    const counters = await tx.selectFrom('partition_counters').selectAll().execute()
    const ends = new Map(counters.map((row) => [`${row.topic}/${row.partition}`, row.last_seq]))
    const records = events.map((event, i) => {
      const { topic = sampleRecord.topic, partition } = event
      const seq = (ends.get(`${topic}/${partition}`) ?? 0) + 1
      ends.set(`${topic}/${partition}`, seq)
      const commandNo = count + 1 + i
      return { ...sampleRecord, commandNo, seq, eventId: randomUUID(), stream: `member-${commandNo}`, ...event }
    })
    for (let i = 0; i < records.length; i += 500)
      await tx
        .insertInto('events')
        .values(records.slice(i, i + 500).map(rowOf))
        .execute()
    for (const { topic, partition } of counters) {
      const update = tx.updateTable('partition_counters').set({ last_seq: ends.get(`${topic}/${partition}`)! })
      await update.where('topic', '=', topic).where('partition', '=', partition).execute()
    }
    return records
  })
}

/** What a record of a test has where the test does not care. */
export const sampleRecord = {
  logId: '',
  topic: 'member-events',
  type: 'MemberJoined',
  commandIndex: 0,
  streamVersion: 1,
  schemaVersion: 2,
  time: '2026-01-01T00:00:00.000Z',
  causedBy: null,
  traceparent: null,
  value: '{}',
}
