import type { TestContext } from 'node:test'
import { club } from '@magasin/contracts/testing/members'
import { setTimeout as delay } from 'node:timers/promises'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { mysqlProxy } from '@magasin/sql/testing/mysql-proxy'
import { mysqlDatabase } from '@magasin/sql/testing/mysql-server'
import { sql } from 'kysely'
import { openMysqlEventStore } from '../mysql/mysql-event-store.ts'
import { createPeopleTable, people, type PeopleTables } from './people.ts'

type Database = SqlDatabase<PeopleTables>

/** A store behind a network of the test's own making, and the database as it is. */
export async function openBehindProxy(
  t: TestContext,
  through: (database: Database) => Database = (database) => database,
) {
  const target = mysqlDatabase(t)
  const proxy = await mysqlProxy(t, target)
  const connect = async (options: typeof target) => {
    const database = await openMysql<PeopleTables>(options)
    t.after(() => database.close())
    return database
  }
  const direct = await connect(target)
  await direct.changeSchema(createPeopleTable)
  const store = await openMysqlEventStore({
    catalogue: club,
    owner: 'club',
    database: through(await connect(proxy.options)),
    stateTables: [people],
  })
  const events = async () =>
    (await direct.reader.selectFrom('events').select('stream').execute()).map((row) => row.stream)
  return { proxy, direct, store, events }
}

/** Resolves when a transaction in this database waits for a lock. */
export async function untilWaiting(database: Database): Promise<void> {
  const query = sql`select 1 from information_schema.innodb_trx join information_schema.processlist
    on processlist.id = trx_mysql_thread_id where trx_state = 'LOCK WAIT' and processlist.db = database()`
  const deadline = performance.now() + 10_000
  while ((await query.execute(database.reader)).rows.length === 0) {
    if (performance.now() > deadline) throw new Error('nothing waits for a lock')
    // InnoDB shows the same again to who looks sooner than after 100 ms.
    await delay(120)
  }
}
