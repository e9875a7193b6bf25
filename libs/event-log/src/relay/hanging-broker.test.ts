import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { club } from '@magasin/contracts/testing/members'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import type { EventTables } from '../table/event-table.ts'
import { createEventTables } from '../testing/event-tables.ts'
import { openRelay } from './relay.ts'

/** `host:port` of a broker that takes connections and never answers. */
async function hangingBroker(t: TestContext): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a relay whose broker hangs is open within a second or two, says that it sends nothing, and stops', async (t) => {
  const database = openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') })
  const logId = await createEventTables(database)
  const failed: string[] = []
  const begun = performance.now()
  const relay = await openRelay({
    database,
    logId,
    topics: [...club.topics.keys()],
    kafka: { brokers: [await hangingBroker(t)], clientId: 'test', topics: club.topics },
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
