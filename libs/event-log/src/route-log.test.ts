import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { eventLogSuite } from './conformance/event-log.suite.ts'
import { openHistory } from './open-history.ts'
import { routeLog } from './route-log.ts'
import type { EventTables } from './table/event-table.ts'
import { openTableLog } from './table/table-log.ts'
import { createEventTables } from './testing/event-tables.ts'
import { recorder } from './testing/recorder.ts'
import { tableCase } from './testing/table-case.ts'

async function openStore(t: TestContext) {
  const database = openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') })
  const logId = await createEventTables(database)
  const log = await openTableLog({ database })
  t.after(async () => {
    await log.close()
    await database.close()
  })
  return { log, logId, ...tableCase(database) }
}

// One store of a process that has both topics: all that holds of it holds of the route to it.
eventLogSuite({
  adapter: 'a route to an event table',
  knowsItsEnd: true,
  async open(t) {
    const store = await openStore(t)
    const log = routeLog(new Map(['member-events', 'visit-events'].map((topic) => [topic, store.log])))
    t.after(() => log.close())
    return { ...store, log }
  },
})

describe('two stores of one process', () => {
  const openBoth = async (t: TestContext) => {
    const [members, visits] = [await openStore(t), await openStore(t)]
    const log = routeLog(
      new Map([
        ['member-events', members.log],
        ['visit-events', visits.log],
      ]),
    )
    t.after(() => log.close())
    return { members, visits, log }
  }

  test('are one log to a subscriber, each with positions of its own', async (t) => {
    const { members, visits, log } = await openBoth(t)
    await members.append(1, 2)
    await visits.append(1, 3, 'visit-events')
    const { seqs, records, start, until, assigned } = recorder(log, { topics: ['member-events', 'visit-events'] })
    const subscription = await start()
    await until(() => seqs(1).length === 2 && seqs(1, 'visit-events').length === 3)
    assert.deepEqual(
      new Set(records.map(({ topic, logId }) => `${topic} ${logId}`)),
      new Set([`member-events ${members.logId}`, `visit-events ${visits.logId}`]),
    )
    assert.equal(assigned().length, 16)
    assert.equal(subscription.describe().partitions.length, 16)
    await subscription.stop()
    await members.append(1, 1)
    await visits.append(1, 1, 'visit-events')
    await start()
    await until(() => seqs(1).length === 3 && seqs(1, 'visit-events').length === 4)
    assert.equal(records.length, 7)
  })

  test('have no common order: a history of both is refused', async (t) => {
    const { members, visits, log } = await openBoth(t)
    await members.append(0, 1)
    await visits.append(0, 1, 'visit-events')
    await assert.rejects(openHistory(log, ['member-events', 'visit-events']), {
      code: 'LOG_FOREIGN',
      message: /member-events .*visit-events/,
    })
  })

  test('refuse a topic that neither has', async (t) => {
    const { log } = await openBoth(t)
    await assert.rejects(log.snapshot('loan-events'), /no log holds the topic loan-events/)
    await assert.rejects(recorder(log, { topics: ['member-events', 'loan-events'] }).start(), /no log holds/)
    await recorder(log).start()
  })
})
