import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EventTables } from './event-table.ts'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { appendEvents, createEventTables } from '../testing/event-tables.ts'
import { openTableLog } from './table-log.ts'

test('a subscriber is given no event before the table says that what was read is on disk', async (t) => {
  const database = openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') })
  await createEventTables(database)
  const steps: string[] = []
  const settling = Promise.withResolvers<void>()
  const onDisk = Promise.withResolvers<void>()
  const delivered = Promise.withResolvers<void>()
  const settle = async () => {
    steps.push('settling begins')
    settling.resolve()
    await onDisk.promise
    steps.push('settling is done')
  }
  const log = await openTableLog({ database: { ...database, settle } })
  t.after(async () => {
    await log.close()
    await database.close()
  })
  await appendEvents(database, [{ partition: 0 }])
  await log.subscribe({
    topics: ['member-events'],
    group: 'test',
    positionsOf: () => Promise.resolve(new Map()),
    deliver(records) {
      steps.push(`event ${records[0]!.seq} is delivered`)
      delivered.resolve()
      return Promise.resolve()
    },
    onAlarm: () => assert.fail(),
    onFault: () => assert.fail(),
    onRecovery: () => assert.fail(),
  })
  await settling.promise
  // The other partitions go on meanwhile: a round of theirs is enough for a delivery that does not wait.
  await log.describe('member-events')
  assert.deepEqual(steps, ['settling begins'])
  onDisk.resolve()
  await delivered.promise
  assert.deepEqual(steps, ['settling begins', 'settling is done', 'event 1 is delivered'])
})
