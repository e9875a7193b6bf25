import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EventTables } from '@magasin/event-log/event-table'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { appendEvents, createEventTables } from '@magasin/event-log/testing/event-tables'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { defineReadModels } from '../define-read-models.ts'
import { openReadModelsFile } from '../testing/read-models-file.ts'
import { followGeneration } from './follow-generation.ts'

const models = defineReadModels<{ type: 'MemberJoined'; data: object }>({
  name: 'joins',
  version: 1,
  rankings: ['joined'],
  on: { MemberJoined: () => [{ ranking: 'joined', member: 1, add: 1 }] },
})

test('a partition with an event that cannot be decoded waits and says so, and the others go on', async (t) => {
  const folder = temporaryFolder(t)
  const database = openSqlite<EventTables>({ file: join(folder, 'store.db') })
  await createEventTables(database)
  const log = await openTableLog({ database })
  const store = await openReadModelsFile(models, join(folder, 'read-models.db'))
  t.after(async () => {
    await log.close()
    await store.close()
    await database.close()
  })
  await appendEvents(database, [{ partition: 0, value: 'broken' }, { partition: 1 }, { partition: 1 }])
  const writer = await store.begin(models.fingerprint)
  const told = Promise.withResolvers<unknown>()
  const applied = Promise.withResolvers<void>()
  await followGeneration(
    {
      log,
      models,
      topics: ['member-events'],
      decode: ({ value }) => ({ type: 'MemberJoined', data: JSON.parse(value) as object }),
    },
    { ...writer, apply: async (batch) => applied.resolve(await writer.apply(batch)) },
    { onFault: (fault) => told.resolve(fault), onRecovery: () => {} },
  )
  assert.ok((await told.promise) instanceof SyntaxError)
  await applied.promise
  const positions = await writer.positions()
  assert.deepEqual(
    positions.map(({ partition }) => partition),
    [1],
  )
})
