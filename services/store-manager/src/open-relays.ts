import type { Health } from '@magasin/service-kit/health'
import { kafkaOf, type LogSettings } from '@magasin/service-kit/service-settings'
import { waitUntilReachable } from '@magasin/service-kit/wait-until-reachable'
import { users } from '@magasin/shop-contracts/families/users'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { observeActive, observeRelay, type Observed } from './observe-relay.ts'
import type { Store } from './open-store.ts'

export interface RelaysOptions extends Observed {
  readonly config: LogSettings
  readonly store: Store
  readonly health: Health
  /** Ends the waiting for a database server. */
  readonly signal: AbortSignal
}

/**
 * Opens the relay of the store's topics if the log is Kafka; nothing if it is the table. Kafka need not be there: the events wait in the
 * table, and `/ready` says `degraded`; the database is waited for. Throws STORE_UNAVAILABLE, LOG_FOREIGN, LOG_DIVERGED, TOPIC_PARTITIONS_CHANGED.
 */
export async function openRelays(options: RelaysOptions): Promise<{ stop(): Promise<void> }> {
  const { config, store, health, metrics } = options
  const kafka = kafkaOf(config, users.topic.name)
  if (kafka === null) return { stop: () => Promise.resolve() }
  // Here and not above: Kafka's client takes as long to load as all the rest, and most shops on a laptop have no Kafka.
  const { newClientId } = await import('@magasin/event-log/kafka/cluster')
  const { openRelay } = await import('@magasin/event-log/relay')
  const topics = shopCatalogue.topicsOf('store-manager').map(({ name }) => name)
  const observer = observeRelay(options, topics)
  const open = () =>
    openRelay({
      database: store.database,
      logId: store.events.logId,
      topics,
      kafka: { ...kafka, topics: shopCatalogue.topics, clientId: newClientId('relay') },
      onNews: (listener) => store.events.onCommit(listener),
      observer,
    })
  const relay = await waitUntilReachable(open, options)
  observeActive(metrics, relay, topics)
  health.add({ name: 'relay', required: false, check: () => relay.check() })
  return { stop: () => relay.stop() }
}
