import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { Catalogue } from '@magasin/contracts/catalogue'
import type { EventLog } from '@magasin/event-log/event-log'
import { openKafkaLog } from '@magasin/event-log/kafka/kafka-log'
import { openHistory } from '@magasin/event-log/open-history'
import { openRelay } from '@magasin/event-log/relay'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { kafkaTopic, noKafka } from '@magasin/event-log/testing/kafka-topic'
import type { EventStore } from '@magasin/event-store/event-store'
import { openMysqlEventStore } from '@magasin/event-store/mysql/mysql-event-store'
import { openSqliteEventStore } from '@magasin/event-store/sqlite/sqlite-event-store'
import type { EventStoreTables } from '@magasin/event-store/tables'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { outside } from '@magasin/subscribers/outside'
import { openSubscriber } from '@magasin/subscribers/subscriber'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { users } from '@magasin/shop-contracts/families/users'
import type { ShopEvent } from '@magasin/shop-contracts/shop-catalogue'
import { temporaryFolder } from '../tools/testing/temporary-folder.ts'
import { until } from '../tools/testing/until.ts'
import { grantWishes, makeWish, openWishes, wishes, type WishEvent, type WishRow } from './second-family/wishes.ts'

const catalogue = new Catalogue({ families: [users, wishes] })
const owner = 'store-manager'

interface Tables extends EventStoreTables {
  open_wishes: WishRow
}

/** A store of both families, and the log that its subscribers read. */
interface Site {
  readonly database: SqlDatabase<Tables>
  readonly store: EventStore
  readonly log: EventLog
}

const makeTable = (database: SqlDatabase<Tables>) =>
  database.changeSchema(async (db) => {
    await db.schema
      .createTable('open_wishes')
      .addColumn('id', 'bigint', (column) => column.primaryKey())
      .addColumn('user_id', 'bigint', (column) => column.notNull())
      .addColumn('text', 'varchar(200)', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('open_wishes_of_user').on('open_wishes').column('user_id').execute()
  })

async function onTable(t: TestContext): Promise<Site> {
  const database = openSqlite<Tables>({ file: join(temporaryFolder(t), 'store.db') })
  await makeTable(database)
  const store = await openSqliteEventStore({ catalogue, owner, database, stateTables: [openWishes] })
  const log = await openTableLog({ database, onNews: (listener) => store.onCommit(listener) })
  t.after(async () => {
    await log.close()
    await store.close()
    await database.close()
  })
  return { database, store, log }
}

async function onKafka(t: TestContext): Promise<Site> {
  const { kafka, closeFirst } = kafkaTopic(t, undefined, catalogue.topics)
  const database = await openMysql<Tables>(mysqlDatabase(t))
  await makeTable(database)
  const store = await openMysqlEventStore({ catalogue, owner, database, stateTables: [openWishes] })
  const observer = { sent: () => undefined, failed: () => undefined, recovered: () => undefined }
  const topics = catalogue.topicsOf(owner).map(({ name }) => name)
  const relay = await openRelay({ database, logId: store.logId, topics, kafka, observer })
  const log = openKafkaLog(kafka)
  closeFirst(async () => {
    await log.close()
    await relay.stop()
    await store.close()
    await database.close()
  })
  return { database, store, log }
}

const member = { name: 'Ada Lovelace', email: 'ada@example.com', user_type_id: 1 } as const

for (const { engine, skip, open } of [
  { engine: 'SQLite and its event table', skip: false, open: onTable },
  { engine: 'MariaDB and Kafka', skip: skipWithoutMysql || noKafka, open: onKafka },
])
  describe(`a second family of events on ${engine}`, { skip }, () => {
    test('is recorded, projected, read by one group together with the first, and told in the order of the commands', async (t) => {
      const { database, store, log } = await open(t)
      const seen: string[] = []
      const see = outside<ShopEvent | WishEvent>(async ({ type, record }) => void seen.push(`${type} ${record.stream}`))
      const own = openSqlite<SubscriberTables>({ file: join(temporaryFolder(t), 'own.db') })
      const nothing = () => undefined
      const subscriber = await openSubscriber({
        catalogue,
        log,
        database: own,
        subscription: { group: `both-${store.logId}`, on: { UserCreated: see, WishMade: see, WishGranted: see } },
        observer: {
          handled: nothing,
          retried: nothing,
          parked: nothing,
          slow: nothing,
          redriven: nothing,
          alarm: nothing,
        },
      })
      t.after(async () => {
        await subscriber.stop()
        await own.close()
      })
      await store.execute({
        reads: [],
        decide: () => ({ events: [{ type: 'UserCreated', data: { id: 42, ...member } }], answer: null }),
      })
      for (const text of ['a sledge', 'snow']) await store.execute(makeWish(42, text))
      assert.equal((await database.reader.selectFrom('open_wishes').selectAll().execute()).length, 2)
      assert.deepEqual((await store.execute(grantWishes(42))).answer, { granted: 2 })
      assert.deepEqual(await database.reader.selectFrom('open_wishes').selectAll().execute(), [])

      const told = [
        'UserCreated user-42',
        'WishMade wish-1',
        'WishMade wish-2',
        'WishGranted wish-1',
        'WishGranted wish-2',
      ]
      await until('the group has seen the events of both topics', () => seen.length === told.length)
      assert.deepEqual(seen.toSorted(), told.toSorted())
      await until('the log has them all', async () => {
        const history = await openHistory(log, ['user-events', 'wish-events'])
        const lines: string[] = []
        for await (const page of history.pages()) lines.push(...page.map(({ type, stream }) => `${type} ${stream}`))
        if (lines.length < told.length) return false
        assert.deepEqual(lines, told)
        return true
      })
    })
  })

test('docs/how-to/add-a-family.md shows the file of this test as it is', () => {
  const page = readFileSync(new URL('../docs/how-to/add-a-family.md', import.meta.url), 'utf8')
  const shown = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!.trim()).join('\n\n')
  const file = readFileSync(new URL('second-family/wishes.ts', import.meta.url), 'utf8').trim()
  assert.equal(shown, file)
})
