import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test, type TestContext } from 'node:test'
import { kafkaTopic, noKafka } from '@magasin/event-log/testing/kafka-topic'
import type { ServiceConfig } from '@magasin/service-kit/service-settings'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { readMetric } from '../../../tools/testing/read-metric.ts'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { until } from '../../../tools/testing/until.ts'
import { startHost } from './start-host.ts'
import { libraryCatalogue } from './testing/library-contracts.ts'
import { library, startLibrary } from './testing/library-service.ts'

const about = { title: 'A library', description: 'Lends books.', version: '0.0.0' }

function configOf(t: TestContext): ServiceConfig {
  const engines = { database: 'sqlite', log: 'table', topicPrefix: '', topicNames: {} } as const
  return { ...engines, host: '127.0.0.1', port: 0, dataDir: temporaryFolder(t), logLevel: 'silent' }
}

function onEngines(t: TestContext): ServiceConfig {
  const { kafka } = kafkaTopic(t, undefined, libraryCatalogue.topics)
  const { brokers, prefix = '' } = kafka
  return { ...configOf(t), database: mysqlDatabase(t), log: { brokers }, topicPrefix: prefix }
}

/** Starts the library; it stops with the test, if not before. */
async function open(t: TestContext, config: ServiceConfig) {
  const { signal } = new AbortController()
  const running = await startHost(
    { name: 'library', parts: [library], catalogue: libraryCatalogue, about, config, signal },
    startLibrary,
  )
  const stop = () => running.stop()
  t.after(stop)
  const { url, services: store } = running
  return {
    url,
    stop,
    lend: async (book: number) => {
      const headers = { 'content-type': 'application/json' }
      const text = JSON.stringify({ book, reader: 'Ada Lovelace' })
      return (await fetch(`${url}/loans`, { method: 'POST', headers, body: text })).status
    },
    reminders: async () => {
      const rows = await store.database.reader.selectFrom('reminders').select('book').execute()
      return rows.map(({ book }) => book).toSorted((a, b) => a - b)
    },
  }
}

type Library = Awaited<ReturnType<typeof open>>

const reminded = ({ reminders }: Library, books: readonly number[]) =>
  until(`reminders of ${books.join()}`, async () => (await reminders()).join() === books.join())

for (const [engines, skip, configIn, checks] of [
  ['SQLite alone', false, configOf, ['library', 'reminders']],
  ['MariaDB and Kafka', skipWithoutMysql || noKafka, onEngines, ['library', 'log', 'relay', 'reminders']],
] as const)
  describe(`a second service, on ${engines}`, { skip }, () => {
    test('records, publishes and follows its own events, and goes on after a restart', async (t) => {
      const config = configIn(t)
      const first = await open(t, config)
      assert.deepEqual([await first.lend(1), await first.lend(2), await first.lend(1)], [200, 200, 422])
      await reminded(first, [1, 2])
      const ready = (await (await fetch(`${first.url}/ready`)).json()) as { status: string; checks: object }
      assert.equal(ready.status, 'ready')
      assert.deepEqual(Object.keys(ready.checks).toSorted(), checks)
      if (config.log !== 'table')
        await until('both relayed', async () => (await readMetric(first, 'magasin_relay_sent_total')) === 2)
      await first.stop()

      const second = await open(t, config)
      assert.deepEqual([await second.lend(2), await second.lend(3)], [422, 200])
      await reminded(second, [1, 2, 3])
    })
  })

test('a second service takes 40 lines', () => {
  const text = readFileSync(new URL('testing/library-service.ts', import.meta.url), 'utf8')
  assert.ok(text.trim().split('\n').length <= 40)
})
