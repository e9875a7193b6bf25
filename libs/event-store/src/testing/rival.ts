import { isMagasinError } from '@magasin/contracts/magasin-error'
import { travelClub } from '@magasin/contracts/testing/trips'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { openMysqlEventStore } from '../mysql/mysql-event-store.ts'
import { openSqliteEventStore } from '../sqlite/sqlite-event-store.ts'
import { holdWrites } from './hold-writes.ts'
import { createUnless, people, type PeopleTables } from './people.ts'

/*
 * A process of its own that carries out one command on a shared database. It tells its parent when it has read and decided, and writes
 * when the parent says so: `{ location, mine, yours }` in; 'decided' out, anything in, `{ outcome }` out.
 */

interface Order {
  readonly location: { readonly file: string } | MysqlOptions
  readonly mine: number
  readonly yours: number
}

process.once('message', ({ location, mine, yours }: Order) => void compete(location, mine, yours))

async function compete(location: Order['location'], mine: number, yours: number): Promise<void> {
  const database = 'file' in location ? openSqlite<PeopleTables>(location) : await openMysql<PeopleTables>(location)
  let isFirst = true
  const held = holdWrites(database, async () => {
    if (!isFirst) return
    isFirst = false
    process.send!('decided')
    await new Promise((resolve) => process.once('message', resolve))
  })
  const open = 'file' in location ? openSqliteEventStore : openMysqlEventStore
  const store = await open({ catalogue: travelClub, owner: 'club', database: held, stateTables: [people] })
  const done = store.execute(createUnless(mine, yours))
  const outcome = await done.then(
    () => 'done',
    (error: unknown) => (isMagasinError(error) ? error.code : 'failed'),
  )
  await store.close()
  await database.close()
  process.send!({ outcome })
  process.disconnect?.()
}
