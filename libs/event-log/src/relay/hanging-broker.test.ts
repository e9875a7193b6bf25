import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { club } from '@magasin/contracts/testing/members'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import type { EventTables } from '../table/event-table.ts'
import { createEventTables } from '../testing/event-tables.ts'
import { hangingBroker } from '../testing/hanging-broker.ts'
import { openRelay } from './relay.ts'

test('a relay whose broker hangs is open within a second or two, says that it sends nothing, and stops', async (t) => {
  const database = openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') })
  const logId = await createEventTables(database)
  const failed: string[] = []
  const begun = performance.now()
  const relay = await openRelay({
    database,
    logId,
    topics: [...club.topics.keys()],
    kafka: { brokers: [(await hangingBroker(t)).address], clientId: 'test', topics: club.topics },
    observer: {
      sent: () => undefined,
      failed: (topic, error) => failed.push(`${topic} ${(error as { code?: string }).code}`),
      recovered: () => undefined,
    },
  })
  // It waits ten seconds for the answer that never comes.
  assert.ok(performance.now() - begun < 5_000)
  assert.deepEqual(failed, ['member-events LOG_UNAVAILABLE', 'visit-events LOG_UNAVAILABLE'])
  await assert.rejects(relay.check(), { code: 'LOG_UNAVAILABLE', message: /no answer about member-events yet/ })
  const stopping = performance.now()
  await relay.stop()
  assert.ok(performance.now() - stopping < 5_000)
  await database.close()
})
