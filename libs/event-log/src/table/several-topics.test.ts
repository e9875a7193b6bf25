import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import type { KyselyPlugin } from 'kysely'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { openHistory } from '../open-history.ts'
import { createEventTables } from '../testing/event-tables.ts'
import { tableCase } from '../testing/table-case.ts'
import type { EventTables } from './event-table.ts'
import { openTableLog } from './table-log.ts'

const topics = ['member-events', 'visit-events']

/** The database, for a reader whose every look at the ends of partitions is followed by something that happens. */
function eventful(database: SqlDatabase<EventTables>, happens: () => Promise<void>): SqlDatabase<EventTables> {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (result.rows.some((row) => 'last_seq' in row)) await happens()
      return result
    },
  }
  const reader = database.reader.withPlugin(plugin)
  return new Proxy(database, { get: (target, name) => (name === 'reader' ? reader : Reflect.get(target, name)) })
}

for (const { engine, skip, open } of [
  {
    engine: 'SQLite',
    skip: false,
    open: async (t: TestContext) => openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') }),
  },
  { engine: 'MySQL', skip: skipWithoutMysql, open: (t: TestContext) => openMysql<EventTables>(mysqlDatabase(t)) },
])
  describe(`a history of several topics on ${engine}`, { skip }, () => {
    test('ends with a whole command, also if others are recorded while it is opened', async (t) => {
      const database = await open(t)
      t.after(() => database.close())
      await createEventTables(database)
      const { appendTogether } = tableCase(database)
      const both = topics.map((topic) => ({ topic, partition: 3 }))
      await appendTogether(both)
      let recorded = 1
      const happens = async () => {
        await appendTogether(both)
        recorded++
      }
      const log = await openTableLog({ database: eventful(database, happens) })
      const history = await openHistory(log, topics)
      assert.equal(recorded, 2, 'one look tells where all of them end')
      const records = (await Array.fromAsync(history.pages())).flat()
      assert.deepEqual(
        records.map(({ commandNo, topic }) => [commandNo, topic]),
        [
          [1, 'member-events'],
          [1, 'visit-events'],
        ],
      )
      const later = await openHistory(log, topics)
      const whole = (await Array.fromAsync(later.pages())).flat()
      assert.equal(whole.length, 4)
      assert.deepEqual(whole.slice(0, 2), records)
    })

    test('holds no larger page of each partition than its reader asks for', async (t) => {
      const database = await open(t)
      t.after(() => database.close())
      await createEventTables(database)
      await tableCase(database).append(3, 7)
      const [snapshot] = await (await openTableLog({ database })).snapshots(topics)
      const pages = await Array.fromAsync(snapshot!.read({ partition: 3, pageSize: 3 }))
      assert.deepEqual(
        pages.map((page) => page.length),
        [3, 3, 1],
      )
    })
  })
