import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { EventStore } from '@magasin/event-store/event-store'
import { createLogger } from '@magasin/service-kit/logger'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { until } from '../../../tools/testing/until.ts'
import { forgetAnswersHourly } from './forget-answers.ts'
import { openOwnStore } from './open-own-store.ts'
import { openOwnDatabase } from './open-own-database.ts'
import type { Part } from './part.ts'
import { startHost } from './start-host.ts'
import { libraryCatalogue } from './testing/library/contracts.ts'
import { library, startLibrary } from './testing/library/service.ts'
import { testPart } from './testing/parts.ts'
import { startReminders, reminders } from './testing/reminders/service.ts'
import { createTestHost } from './testing/test-host.ts'

const { database: _, databaseTitle: _title, ifMissing: _missing, ...gateway } = testPart('gateway', {})

async function hostOf(t: TestContext, parts: readonly Part[]) {
  return createTestHost(t, { parts, catalogue: libraryCatalogue, config: { dataDir: temporaryFolder(t) } })
}

describe('a part without a database', () => {
  test('is ready, and waits for none', async (t) => {
    const config = {
      ...({ database: 'sqlite', log: 'table', topicPrefix: '', topicNames: {} } as const),
      ...({ host: '127.0.0.1', port: 0, dataDir: temporaryFolder(t), logLevel: 'silent' } as const),
    }
    const about = { title: 'A gateway', description: 'Passes on.', version: '0.0.0' }
    const { signal } = new AbortController()
    const options = { name: 'gateway', parts: [gateway], catalogue: libraryCatalogue, about, config, signal }
    const running = await startHost(options, async () => undefined)
    t.after(() => running.stop())
    const response = await fetch(`${running.url}/ready`)
    assert.deepEqual([response.status, await response.json()], [200, { status: 'ready', checks: {} }])
  })

  test('leaves one beside it the database that it has', async (t) => {
    const host = await hostOf(t, [gateway, library])
    await startLibrary(host)
    assert.deepEqual(await host.health.report(), { status: 'ready', checks: { 'database:library': { status: 'ok' } } })
  })
})

test('a service and a group of one name have a check each', async (t) => {
  const host = await hostOf(t, [library, reminders])
  await startLibrary(host)
  await startReminders(host, 'reminders')
  await host.follow()
  const { checks } = await host.health.report()
  assert.deepEqual(Object.keys(checks).toSorted(), ['database:library', 'database:reminders', 'group:reminders'])
})

describe('what a service does and its part does not declare, so that no operator would see it,', () => {
  const own = (part: typeof library, t: TestContext) => ({ part, place: { dataDir: temporaryFolder(t) } })

  test('is refused for events that it publishes', async (t) => {
    const silent = testPart('library', {})
    const host = await hostOf(t, [silent])
    const options = { ...own(silent, t), catalogue: libraryCatalogue, migrations: [], stateTables: [] }
    const store = await openOwnStore(options)
    t.after(() => store.close())
    assert.throws(() => host.publish(silent, store), /library publishes events: put `holds: \{ events: true \}`/)
  })

  for (const [what, part, says] of [
    ['positions', testPart('reader', {}, ['loan-events']), /put `holds: \{ positions: true \}`/],
    ['a topic', testPart('reader', { positions: true }), /subscribes to loan-events: put `follows: \['loan-events'\]`/],
  ] as const)
    test(`is refused for ${what} that it follows`, async (t) => {
      const host = await hostOf(t, [part])
      const database = await openOwnDatabase<SubscriberTables>(own(part, t))
      t.after(() => database.close())
      const subscriptions = [{ group: 'reading', on: { BookLent: undefined } }]
      assert.throws(() => host.subscribe(part, { database, subscriptions }), says)
    })
})

test('answers whose day is over are forgotten at the start, not an hour later, and a failure is said', async (t) => {
  let asked = 0
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const logger = createLogger({ service: 'test', level: 'warn', destination })
  const events: Pick<EventStore, 'forgetOldAnswers'> = {
    forgetOldAnswers: () => {
      asked++
      return Promise.reject(new Error('away'))
    },
  }
  const timer = forgetAnswersHourly(events, logger)
  t.after(() => clearInterval(timer))
  assert.equal(asked, 1)
  await until('it is said', () => lines.some((line) => line.includes('could not be forgotten')))
})
