import type { Catalogue } from '@magasin/contracts/catalogue'
import type { Relay } from '@magasin/event-log/relay'
import type { kafkaOf } from '@magasin/service-kit/service-settings'
import type { PublishedStore } from './open-log.ts'
import type { RelayMetrics } from './relay-metrics.ts'

export interface OwnRelayOptions {
  readonly kafka: NonNullable<ReturnType<typeof kafkaOf>>
  readonly catalogue: Catalogue
  readonly store: PublishedStore
  readonly metrics: RelayMetrics
}

/**
 * Opens what relays the topics of one store. Kafka need not be there: the events wait in the table, and `check` tells.
 * Throws STORE_UNAVAILABLE, LOG_FOREIGN, LOG_DIVERGED, TOPIC_PARTITIONS_CHANGED.
 */
export async function openOwnRelay(options: OwnRelayOptions): Promise<Pick<Relay, 'check' | 'stop'>> {
  const { kafka, catalogue, store, metrics } = options
  // Here and not above: Kafka's client takes as long to load as all the rest, and most shops on a laptop have no Kafka.
  const { newClientId } = await import('@magasin/event-log/kafka/cluster')
  const { openRelay } = await import('@magasin/event-log/relay')
  const topics = catalogue.topicsOf(store.part.name).map(({ name }) => name)
  const relay = await openRelay({
    database: store.database,
    logId: store.events.logId,
    topics,
    kafka: { ...kafka, topics: catalogue.topics, clientId: newClientId('relay') },
    onNews: (listener) => store.events.onCommit(listener),
    observer: metrics.observerOf(topics),
  })
  metrics.showActive(relay, topics)
  return relay
}
