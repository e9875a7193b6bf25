import { join } from 'node:path'
import { describe, type TestContext } from 'node:test'
import type { EventTables } from './event-table.ts'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { eventLogSuite } from '../conformance/event-log.suite.ts'
import { appendEvents, createEventTables } from '../testing/event-tables.ts'
import { openTableLog } from './table-log.ts'

tableLogSuite('SQLite', (t) => Promise.resolve(openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') })))

describe('MySQL', { skip: skipWithoutMysql }, () => {
  tableLogSuite('MySQL', (t) => openMysql<EventTables>(mysqlDatabase(t)))
})

function tableLogSuite(engine: string, open: (t: TestContext) => Promise<SqlDatabase<EventTables>>): void {
  eventLogSuite({
    adapter: `the event table of ${engine}`,
    knowsItsEnd: true,
    async open(t) {
      const database = await open(t)
      const logId = await createEventTables(database)
      const log = await openTableLog({ database })
      t.after(async () => {
        await log.close()
        await database.close()
      })
      return {
        log,
        logId,
        async append(partition, count) {
          await appendEvents(
            database,
            Array.from({ length: count }, () => ({ partition })),
          )
        },
        lose: (partition, seq) => loseEvent(database, partition, seq),
      }
    },
  })
}

/** Makes a hole; the function that it resolves with mends it. */
async function loseEvent(
  database: SqlDatabase<EventTables>,
  partition: number,
  seq: number,
): Promise<() => Promise<void>> {
  const lost = database.reader.selectFrom('events').selectAll().where('partition', '=', partition)
  const row = await lost.where('seq', '=', seq).executeTakeFirstOrThrow()
  await database.transaction((tx) => tx.deleteFrom('events').where('event_id', '=', row.event_id).execute())
  return async () => {
    await database.transaction((tx) =>
      tx
        .insertInto('events')
        .values({ ...row })
        .execute(),
    )
  }
}
