// A service that owns so many topics, or one that reads them all as one group, on MariaDB and Kafka and in a process of its own.
// Called by idle.ts: owner|reader TOPICS NOTES DATABASE BROKER PREFIX. The owner records so many notes in each topic when it has started.
import { Catalogue } from '@magasin/contracts/catalogue'
import type { EventStoreTables } from '@magasin/event-store/tables'
import type { Host } from '@magasin/host/host'
import { openOwnDatabase } from '@magasin/host/open-own-database'
import { openOwnStore } from '@magasin/host/open-own-store'
import type { PartWithDatabase } from '@magasin/host/part'
import { startHost } from '@magasin/host/start-host'
import { runProcess } from '@magasin/service-kit/run-process'
import type { ServiceConfig } from '@magasin/service-kit/service-settings'
import { outside } from '@magasin/subscribers/outside'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { mysqlOptions } from './support/mysql-options.ts'
import { noteFamilies, takeNotes, typesOf } from './support/notes.ts'

const [role = '', topics = '', notes = '', database = '', broker = '', topicPrefix = ''] = process.argv.slice(2)

const partOf = (name: string, holds: PartWithDatabase['holds'], follows: readonly string[] = []): PartWithDatabase => ({
  name,
  title: name,
  database: name,
  databaseTitle: `database of ${name}`,
  ifMissing: '',
  holds,
  follows,
  secretFiles: [],
})
const families = noteFamilies(Number(topics), 'owner')
const topicNames = families.map(({ topic }) => topic.name)
const owner = partOf('owner', { events: true, positions: false })
const reader = partOf('reader', { events: false, positions: true }, topicNames)
const catalogue = new Catalogue({ families })
const about = { title: role, description: 'Does nothing, most of the time.', version: '0.0.0' }
const config: ServiceConfig = {
  host: '127.0.0.1',
  port: 0,
  // Nothing is kept there: the databases are on the server.
  dataDir: '.',
  database: mysqlOptions(database),
  log: { brokers: [broker] },
  topicPrefix,
  topicNames: {},
  logLevel: 'warn',
}

async function startOwner(host: Host): Promise<() => Promise<void>> {
  const own = { part: owner, place: host.placeOf(owner), catalogue }
  const store = await host.open(
    () => openOwnStore<EventStoreTables>({ ...own, migrations: [], stateTables: [] }),
    (opened) => opened.close(),
  )
  host.publish(owner, store)
  return () => takeNotes(store.events, families, Number(notes))
}

async function startReader(host: Host): Promise<() => Promise<void>> {
  const place = host.placeOf(reader)
  const own = await host.open(
    () => openOwnDatabase<SubscriberTables>({ part: reader, place }),
    (opened) => opened.close(),
  )
  const read = outside(async () => undefined, { effectsPerPosition: 50 })
  const on = Object.fromEntries(typesOf(families).map((type) => [type, read]))
  host.subscribe(reader, { database: own, subscriptions: [{ group: `${topicPrefix}reader`, on }] })
  return async () => undefined
}

const [part, start] = role === 'owner' ? ([owner, startOwner] as const) : ([reader, startReader] as const)

await runProcess(async (signal) => {
  const running = await startHost({ name: part.name, parts: [part], catalogue, about, config, signal }, start)
  await running.services()
  console.log(running.url)
  return running
})
