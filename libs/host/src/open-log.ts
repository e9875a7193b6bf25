import type { Catalogue } from '@magasin/contracts/catalogue'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog } from '@magasin/event-log/event-log'
import type { KafkaLog } from '@magasin/event-log/kafka/kafka-log'
import { openTableLog } from '@magasin/event-log/table/table-log'
import type { EventStore } from '@magasin/event-store/event-store'
import type { EventStoreTables } from '@magasin/event-store/tables'
import { logFaults } from './log-faults.ts'
import { kafkaOf, type LogSettings } from '@magasin/service-kit/service-settings'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Part } from './part.ts'

/** A store that a process has open: its event table is the log of its topics. */
export interface PublishedStore {
  readonly part: Part
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

/**
 * Opens the log of a process: Kafka if the settings name it, else the event tables of the stores that the process has open.
 * Throws CONFIG_INVALID if there is neither.
 */
export async function openLog(options: LogOptions): Promise<EventLog | KafkaLog> {
  const { config, catalogue, client } = options
  const kafka = kafkaOf(config)
  if (kafka === null) return openTables(options)
  // Here and not above: Kafka's client takes as long to load as all the rest, and most shops on a laptop have no Kafka.
  const { newClientId } = await import('@magasin/event-log/kafka/cluster')
  const { openKafkaLog } = await import('@magasin/event-log/kafka/kafka-log')
  return openKafkaLog({ ...kafka, topics: catalogue.topics, clientId: newClientId(client) })
}

function openTables({ config, stores }: LogOptions): Promise<EventLog> {
  const [store] = stores
  if (store === undefined)
    throw new MagasinError('CONFIG_INVALID', ['the settings are wrong:', ...logFaults(config)].join('\n  '))
  const { database, events } = store
  return openTableLog({ database, onNews: (listener) => events.onCommit(listener) })
}
