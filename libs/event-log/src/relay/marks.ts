import { randomUUID } from 'node:crypto'
import type { MigrationSet } from '@magasin/sql/migrate'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'

/** The last event of a partition that the broker took, and where it put it. */
export interface Mark {
  readonly seq: number
  readonly offset: number
}

/** By topic, then by partition; nothing for a partition to which the relay has never sent. */
export type Marks = ReadonlyMap<string, ReadonlyMap<number, Mark>>

export interface RelayTables {
  /** One row for the store, so that a turn of the relay is one write, whatever the number of topics. */
  relay_marks: {
    one: number
    /** JSON: by topic an array by partition of [seq, offset]. */
    marks: string
    /** Another one with each write: an unchanged row gives the database nothing to flush, and what was read with it neither. */
    stamp: string
  }
}

/** The relay's own table, in the store's database. */
export const relayMigrations: MigrationSet = {
  name: 'relay',
  migrations: {
    '0001-marks': {
      // A mark takes some twenty bytes: a `text` of MySQL would be full with 3,000 partitions.
      up: (db) =>
        db.schema
          .createTable('relay_marks')
          .ifNotExists()
          .addColumn('one', 'integer', (column) => column.primaryKey())
          .addColumn('marks', sql`mediumtext`, (column) => column.notNull())
          .addColumn('stamp', 'varchar(36)', (column) => column.notNull())
          .execute(),
    },
  },
}

type StoredMarks = Readonly<Record<string, readonly (readonly [seq: number, offset: number] | null)[]>>

/** All marks of the store. */
export async function readMarks(database: SqlDatabase<RelayTables>): Promise<Marks> {
  const row = await database.reader.selectFrom('relay_marks').select('marks').executeTakeFirst()
  const stored = row === undefined ? {} : (JSON.parse(row.marks) as StoredMarks)
  return new Map(Object.entries(stored).map(([topic, marks]) => [topic, byPartition(marks)]))
}

function byPartition(marks: StoredMarks[string]): ReadonlyMap<number, Mark> {
  const known = marks.flatMap((mark, partition) =>
    mark === null ? [] : [[partition, { seq: mark[0], offset: mark[1] }] as const],
  )
  return new Map(known)
}

/**
 * Writes all marks of the store, durably. A database flushes its log in order: what this process has read before is on disk then, too.
 */
export async function writeMarks(database: SqlDatabase<RelayTables>, marks: Marks): Promise<void> {
  const stored = Object.fromEntries([...marks].map(([topic, ofTopic]) => [topic, toArray(ofTopic)]))
  const row = { one: 1, marks: JSON.stringify(stored), stamp: randomUUID() }
  await database.transaction((tx) => tx.replaceInto('relay_marks').values(row).execute())
}

function toArray(marks: ReadonlyMap<number, Mark>): StoredMarks[string] {
  const partitions = Math.max(-1, ...marks.keys()) + 1
  return Array.from({ length: partitions }, (_, partition) => {
    const mark = marks.get(partition)
    return mark === undefined || mark.seq === 0 ? null : [mark.seq, mark.offset]
  })
}
