import { randomUUID } from 'node:crypto'
import type { MigrationSet } from '@magasin/sql/migrate'
import type { SqlDatabase } from '@magasin/sql/sql-database'

/** The last event of a partition that the broker took, and where it put it. */
export interface Mark {
  readonly seq: number
  readonly offset: number
}

export interface RelayTables {
  /** By topic: JSON, an array by partition of [seq, offset]. One row, so that a round of the relay is one write. */
  relay_marks: {
    topic: string
    marks: string
    /** Another one with each write: a row that stays as it is gives the database nothing to flush, and what was read with it neither. */
    stamp: string
  }
}

/** The relay's own table, in the store's database. */
export const relayMigrations: MigrationSet = {
  part: 'relay',
  migrations: {
    '0001-marks': {
      up: (db) =>
        db.schema
          .createTable('relay_marks')
          .ifNotExists()
          .addColumn('topic', 'varchar(100)', (column) => column.primaryKey())
          .addColumn('marks', 'text', (column) => column.notNull())
          .addColumn('stamp', 'varchar(36)', (column) => column.notNull())
          .execute(),
    },
  },
}

/** The marks of a topic, by partition; none where the relay has never been. */
export async function readMarks(database: SqlDatabase<RelayTables>, topic: string): Promise<ReadonlyMap<number, Mark>> {
  const query = database.reader.selectFrom('relay_marks').select('marks').where('topic', '=', topic)
  const row = await query.executeTakeFirst()
  const marks = row === undefined ? [] : (JSON.parse(row.marks) as readonly (readonly [number, number] | null)[])
  return new Map(
    marks.flatMap((mark, partition) =>
      mark === null ? [] : [[partition, { seq: mark[0], offset: mark[1] }] as const],
    ),
  )
}

/**
 * Writes all marks of a topic, durably; what this process has read before is on disk then, too, since a database flushes its log in order.
 */
export async function writeMarks(
  database: SqlDatabase<RelayTables>,
  topic: string,
  byPartition: ReadonlyMap<number, Mark>,
): Promise<void> {
  const partitions = Math.max(-1, ...byPartition.keys()) + 1
  const marks = JSON.stringify(
    Array.from({ length: partitions }, (_, partition) => {
      const mark = byPartition.get(partition)
      return mark === undefined ? null : [mark.seq, mark.offset]
    }),
  )
  const row = { topic, marks, stamp: randomUUID() }
  await database.transaction((tx) => tx.replaceInto('relay_marks').values(row).execute())
}
