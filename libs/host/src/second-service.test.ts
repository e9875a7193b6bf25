import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test, type TestContext } from 'node:test'
import { kafkaTopic, noKafka } from '@magasin/event-log/testing/kafka-topic'
import type { ServiceConfig } from '@magasin/service-kit/service-settings'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { readMetric } from '../../../tools/testing/read-metric.ts'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { until } from '../../../tools/testing/until.ts'
import type { Host } from './host.ts'
import type { Part } from './part.ts'
import { startHost } from './start-host.ts'
import { libraryCatalogue } from './testing/library/contracts.ts'
import { library, startLibrary } from './testing/library/service.ts'
import { reminders, startReminders } from './testing/reminders/service.ts'

const about = { title: 'A library', description: 'Lends books.', version: '0.0.0' }

function configOf(t: TestContext, settings: Partial<ServiceConfig> = {}): ServiceConfig {
  const engines = { database: 'sqlite', log: 'table', topicPrefix: '', topicNames: {} } as const
  return { ...engines, host: '127.0.0.1', port: 0, dataDir: temporaryFolder(t), logLevel: 'silent', ...settings }
}

/** Starts services in one process; it stops with the test, if not before. */
async function open<T>(
  t: { after(stop: () => Promise<void>): void },
  config: ServiceConfig,
  [parts, start]: readonly [readonly Part[], (host: Host) => Promise<T>],
) {
  const { signal } = new AbortController()
  const running = await startHost({ name: 'test', parts, catalogue: libraryCatalogue, about, config, signal }, start)
  t.after(() => running.stop())
  return running
}

const both = [
  [library, reminders],
  async (host: Host) => {
    await startLibrary(host)
    return startReminders(host)
  },
] as const

async function lend({ url }: { readonly url: string }, book: number): Promise<number> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ book, reader: 'Ada Lovelace' })
  return (await fetch(`${url}/loans`, { method: 'POST', headers, body })).status
}

type ReminderStore = Awaited<ReturnType<typeof startReminders>>

/** Waits until there is a reminder of each of these books, and no other one. */
const reminded = ({ database: { reader } }: ReminderStore, books: readonly number[]) =>
  until(`reminders of ${books.join()}`, async () => {
    const rows = await reader.selectFrom('reminders').select('book').orderBy('book').execute()
    return rows.map(({ book }) => book).join() === books.join()
  })

async function ready({ url }: { readonly url: string }) {
  const report = (await (await fetch(`${url}/ready`)).json()) as { status: string; checks: object }
  return [report.status, ...Object.keys(report.checks).toSorted()]
}

test('two services in one process have a store each, and are one log to their readers', async (t) => {
  const config = configOf(t)
  const first = await open(t, config, both)
  assert.deepEqual([await lend(first, 1), await lend(first, 2), await lend(first, 1)], [200, 200, 422])
  await reminded(first.services, [1, 2])
  assert.deepEqual(await ready(first), ['ready', 'database:library', 'database:reminders', 'group:reminding'])
  const [event] = await first.services.events.readStream('reminder-1')
  assert.ok(event?.causedBy, 'a reminder says which event it answers')
  await first.stop()

  const second = await open(t, config, both)
  assert.deepEqual([await lend(second, 2), await lend(second, 3)], [422, 200])
  await reminded(second.services, [1, 2, 3])
})

describe('a second service, in a process and on a database of its own', { skip: skipWithoutMysql || noKafka }, () => {
  test('follows the first through Kafka, publishes its own events there, and goes on after a restart', async (t) => {
    const { kafka, closeFirst } = kafkaTopic(t, undefined, libraryCatalogue.topics)
    const { brokers, prefix = '' } = kafka
    const log = { log: { brokers }, topicPrefix: prefix }
    const own = configOf(t, { ...log, database: mysqlDatabase(t) })
    // A member of a group cannot leave it once its topic is gone.
    const stopFirst = { after: (stop: () => Promise<void>) => closeFirst(stop) }
    const lending = await open(stopFirst, configOf(t, { ...log, database: mysqlDatabase(t) }), [
      [library],
      startLibrary,
    ])
    const first = await open(stopFirst, own, [[reminders], startReminders])
    assert.deepEqual([await lend(lending, 1), await lend(lending, 2)], [200, 200])
    await reminded(first.services, [1, 2])
    await until('both relayed', async () => (await readMetric(first, 'magasin_relay_sent_total')) === 2)
    assert.deepEqual(await ready(lending), ['ready', 'database:library', 'relay'])
    assert.deepEqual(await ready(first), ['ready', 'database:reminders', 'group:reminding', 'log', 'relay'])
    await first.stop()

    await lend(lending, 3)
    const second = await open(stopFirst, own, [[reminders], startReminders])
    await reminded(second.services, [1, 2, 3])
  })
})

for (const name of ['library', 'reminders'])
  test(`the service \`${name}\` of the tests takes no more than 40 lines`, () => {
    const text = readFileSync(new URL(`testing/${name}/service.ts`, import.meta.url), 'utf8')
    assert.ok(text.trim().split('\n').length <= 40)
  })
