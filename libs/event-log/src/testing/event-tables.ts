import { randomUUID } from 'node:crypto'
import { rowOf, type EventTables } from '@magasin/contracts/event-tables'
import type { EventRecord } from '@magasin/contracts/event-record'
import { topics } from '@magasin/contracts/topics'
import type { SqlDatabase } from '@magasin/sql/sql-database'

/** Makes the tables that the log reads, empty, in a database of a test; resolves with the log's identity. */
export async function createEventTables(database: SqlDatabase<EventTables>): Promise<string> {
  const logId = randomUUID()
  await database.changeSchema(async (db) => {
    const events = db.schema.createTable('events')
    const numbers = ['partition', 'seq', 'commit_no', 'stream_version', 'schema_version']
    const texts = ['topic', 'id', 'type', 'stream', 'time', 'traceparent']
    const withNumbers = numbers.reduce((table, column) => table.addColumn(column, 'integer'), events)
    const withTexts = texts.reduce((table, column) => table.addColumn(column, 'varchar(200)'), withNumbers)
    await withTexts.addColumn('value', 'text').execute()
    await db.schema.createIndex('place').on('events').columns(['topic', 'partition', 'seq']).unique().execute()
    const counters = db.schema
      .createTable('partition_counters')
      .addColumn('topic', 'varchar(100)')
      .addColumn('partition', 'integer')
    await counters.addColumn('last_seq', 'integer').execute()
    await db.schema.createTable('log_identity').addColumn('log_id', 'varchar(36)').execute()
    await db.insertInto('log_identity').values({ log_id: logId }).execute()
    for (let partition = 0; partition < topics['user-events'].partitions; partition++)
      await db.insertInto('partition_counters').values({ topic: 'user-events', partition, last_seq: 0 }).execute()
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
    const ends = new Map(
      (await tx.selectFrom('partition_counters').selectAll().execute()).map((row) => [row.partition, row.last_seq]),
    )
    const records = events.map((event, i) => {
      const seq = (ends.get(event.partition) ?? 0) + 1
      ends.set(event.partition, seq)
      const commit = count + 1 + i
      return { ...sampleRecord, commit, seq, id: `e-${commit}`, stream: `user-${commit}`, ...event }
    })
    for (let i = 0; i < records.length; i += 500)
      await tx
        .insertInto('events')
        .values(records.slice(i, i + 500).map(rowOf))
        .execute()
    for (const [partition, last_seq] of ends)
      await tx.updateTable('partition_counters').set({ last_seq }).where('partition', '=', partition).execute()
    return records
  })
}

/** What a record of a test has where the test does not care. */
export const sampleRecord = {
  logId: '',
  topic: 'user-events',
  type: 'UserCreated',
  streamVersion: 1,
  schemaVersion: 2,
  time: '2026-01-01T00:00:00.000Z',
  traceparent: null,
  value: '{}',
}
