import { join } from 'node:path'
import type { EventTables } from '@magasin/contracts/event-tables'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { temporaryFolder } from '@magasin/contracts/testing/temporary-folder'
import { eventLogSuite } from '../conformance/event-log.suite.ts'
import { appendEvents, createEventTables } from '../testing/event-tables.ts'
import { openTableLog } from './table-log.ts'

eventLogSuite({
  adapter: 'the event table of SQLite',
  knowsItsEnd: true,
  async open(t) {
    const database = openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') })
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
      async lose(partition, seq) {
        const lost = database.reader
          .selectFrom('events')
          .selectAll()
          .where('partition', '=', partition)
          .where('seq', '=', seq)
        const row = await lost.executeTakeFirstOrThrow()
        await database.transaction((tx) => tx.deleteFrom('events').where('id', '=', row.id).execute())
        return async () => {
          await database.transaction((tx) =>
            tx
              .insertInto('events')
              .values({ ...row })
              .execute(),
          )
        }
      },
    }
  },
})
