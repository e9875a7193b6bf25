import type { Catalogue } from '@magasin/contracts/catalogue'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog } from '@magasin/event-log/event-log'
import { routeLog } from '@magasin/event-log/route-log'
import { openTableLog } from '@magasin/event-log/table/table-log'
import type { EventStore } from '@magasin/event-store/event-store'
import type { EventStoreTables } from '@magasin/event-store/tables'
import { logFaults } from './log-faults.ts'
import { kafkaOf, type LogSettings } from '@magasin/service-kit/service-settings'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { PartWithDatabase } from './part.ts'

/** A store that a process has open: its event table is the log of its topics. */
export interface PublishedStore {
  readonly part: PartWithDatabase
  readonly database: SqlDatabase<EventStoreTables>
  readonly events: EventStore
}

export interface LogOptions {
  readonly config: LogSettings
  readonly catalogue: Catalogue
  /** Names the process to the brokers. */
  readonly client: string
  readonly stores: readonly PublishedStore[]
}

/** The log of a process, until it is closed. */
export interface OpenedLog {
  readonly log: EventLog
  /** How many records the subscriptions passed over because they are not of our making; null for a log that nobody else can write. */
  readonly unrecognised: (() => number) | null
  close(): Promise<void>
}

/**
 * Opens the log of a process: Kafka if the settings name it, else the event tables of the stores that the process has open.
 * Throws CONFIG_INVALID if there is neither.
 */
export async function openLog(options: LogOptions): Promise<OpenedLog> {
  const { config, catalogue, client } = options
  const kafka = kafkaOf(config)
  if (kafka === null) return openTables(options)
  // Here and not above: Kafka's client takes as long to load as all the rest, and most shops on a laptop have no Kafka.
  const { newClientId } = await import('@magasin/event-log/kafka/cluster')
  const { openKafkaLog } = await import('@magasin/event-log/kafka/kafka-log')
  const log = openKafkaLog({ ...kafka, topics: catalogue.topics, clientId: newClientId(client) })
  return { log, unrecognised: () => log.unrecognisedRecords(), close: () => log.close() }
}

/** The event table of one store, as a log of its own. */
export function openStoreLog({ database, events }: PublishedStore): Promise<EventLog> {
  return openTableLog({ database, onNews: (listener) => events.onCommit(listener) })
}

/** The stores of a process are one log to their readers. */
async function openTables({ config, catalogue, stores }: LogOptions): Promise<OpenedLog> {
  if (stores.length === 0)
    throw new MagasinError('CONFIG_INVALID', ['the settings are wrong:', ...logFaults(config)].join('\n  '))
  const opened = new AsyncDisposableStack()
  const logs = new Map<string, EventLog>()
  for (const store of stores) {
    const table = await openStoreLog(store)
    opened.defer(() => table.close())
    for (const { name } of catalogue.topicsOf(store.part.name)) logs.set(name, table)
  }
  const log = routeLog(logs)
  opened.defer(() => log.close())
  return { log, unrecognised: null, close: () => opened.disposeAsync() }
}
