import { join } from 'node:path'
import type { EventTables } from '@magasin/contracts/event-tables'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { temporaryFolder } from '@magasin/sql/testing/temporary-folder'
import { eventLogSuite } from '../conformance/event-log.suite.ts'
import { createEventTables } from '../testing/event-tables.ts'
import { openTableLog } from './table-log.ts'

eventLogSuite({
  adapter: 'the event table of SQLite',
  async open(t) {
    const database = openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') })
    const logId = await createEventTables(database)
    const log = await openTableLog({ database })
    t.after(async () => {
      await log.close()
      await database.close()
    })
    let commit = 0
    return {
      log,
      logId,
      append: (partition, count) =>
        database.transaction(async (tx) => {
          const place = { topic: 'user-events', partition }
          const counter = tx.selectFrom('partition_counters').select('last_seq').where('partition', '=', partition)
          const { last_seq } = await counter.executeTakeFirstOrThrow()
          for (let i = 1; i <= count; i++) {
            commit++
            const row = {
              ...place,
              seq: last_seq + i,
              commit_no: commit,
              id: `e-${commit}`,
              type: 'UserCreated',
              stream: `user-${commit}`,
              stream_version: 1,
              schema_version: 2,
              time: '2026-01-01T00:00:00.000Z',
              traceparent: null,
              value: '{}',
            }
            await tx.insertInto('events').values(row).execute()
          }
          await tx
            .updateTable('partition_counters')
            .set({ last_seq: last_seq + count })
            .where('partition', '=', partition)
            .execute()
        }),
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
