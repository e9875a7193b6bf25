import { join } from 'node:path'
import { describe, type TestContext } from 'node:test'
import type { EventTables } from './event-table.ts'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { eventLogSuite } from '../conformance/event-log.suite.ts'
import { createEventTables } from '../testing/event-tables.ts'
import { tableCase } from '../testing/table-case.ts'
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
      return { log, logId, ...tableCase(database) }
    },
  })
}
