import { randomUUID } from 'node:crypto'
import type { EventTables } from '@magasin/contracts/event-tables'
import { topics } from '@magasin/contracts/topics'
import type { SqlDatabase } from '@magasin/sql/sql-database'

/** Makes the tables that the log reads, empty, in a database of a test; resolves with the log's identity. */
export async function createEventTables(database: SqlDatabase<EventTables>): Promise<string> {
  const logId = randomUUID()
  await database.changeSchema(async (db) => {
    const events = db.schema.createTable('events')
    const numbers = ['partition', 'seq', 'commit_no', 'stream_version', 'schema_version']
    const texts = ['topic', 'id', 'type', 'stream', 'time', 'traceparent', 'value']
    const withNumbers = numbers.reduce((table, column) => table.addColumn(column, 'integer'), events)
    await texts.reduce((table, column) => table.addColumn(column, 'text'), withNumbers).execute()
    await db.schema.createIndex('place').on('events').columns(['topic', 'partition', 'seq']).unique().execute()
    const counters = db.schema
      .createTable('partition_counters')
      .addColumn('topic', 'text')
      .addColumn('partition', 'integer')
    await counters.addColumn('last_seq', 'integer').execute()
    await db.schema.createTable('log_identity').addColumn('log_id', 'text').execute()
    await db.insertInto('log_identity').values({ log_id: logId }).execute()
    for (let partition = 0; partition < topics['user-events'].partitions; partition++)
      await db.insertInto('partition_counters').values({ topic: 'user-events', partition, last_seq: 0 }).execute()
  })
  return logId
}
