import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { migrate } from '@magasin/sql/migrate'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { prepareTopics } from './prepare-topics.ts'
import { eventStoreMigrations } from './sqlite/migrations.ts'
import type { EventStoreTables } from './tables.ts'

test('a topic keeps the partition count that it was made with', async (t) => {
  const database = openSqlite<EventStoreTables>({ file: join(temporaryFolder(t), 'store.db') })
  t.after(() => database.close())
  await migrate(database, eventStoreMigrations)
  await prepareTopics(database, [{ name: 'member-events', partitions: 8 }])
  await prepareTopics(database, [{ name: 'member-events', partitions: 8 }])
  await assert.rejects(prepareTopics(database, [{ name: 'member-events', partitions: 12 }]), {
    code: 'TOPIC_PARTITIONS_CHANGED',
    message: /member-events was made with 8 partitions and cannot be given 12/,
  })
})
