import type { Relay } from '@magasin/event-log/relay'
import type { Health } from '@magasin/service-kit/health'
import { kafkaOf, type LogSettings } from '@magasin/service-kit/service-settings'
import { users } from '@magasin/shop-contracts/families/users'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { waitUntilReachable } from '@magasin/service-kit/wait-until-reachable'
import { observeActive, RelayCounters, type Observed } from './observe-relay.ts'
import type { Store } from './open-store.ts'

export interface RelaysOptions extends Observed {
  readonly config: LogSettings
  readonly store: Store
  readonly health: Health
  /** Ends the waiting for a database server. */
  readonly signal: AbortSignal
}

/**
 * Opens the relay of every topic, where the log is Kafka; nothing where it is the table. Kafka need not be there: the events wait in the
 * table, and `/ready` says `degraded`; the database is waited for. Throws STORE_UNAVAILABLE, LOG_FOREIGN, LOG_DIVERGED, TOPIC_PARTITIONS_CHANGED.
 */
export async function openRelays(options: RelaysOptions): Promise<{ stop(): Promise<void> }> {
  const { config, store, health } = options
  const kafka = kafkaOf(config, users.topic.name)
  const relays = new Map<string, Relay>()
  const stop = async () => void (await Promise.all([...relays.values()].map((relay) => relay.stop())))
  if (kafka === null) return { stop }
  // Here and not above: Kafka's client takes as long to load as all the rest, and most shops on a laptop have no Kafka.
  const { newClientId } = await import('@magasin/event-log/kafka/cluster')
  const { openRelay } = await import('@magasin/event-log/relay')
  const counters = new RelayCounters(options)
  try {
    for (const { name: topic } of shopCatalogue.topicsOf('store-manager')) {
      const relay = {
        database: store.database,
        logId: store.events.logId,
        topic,
        kafka: { ...kafka, topics: shopCatalogue.topics, clientId: newClientId('relay') },
        onNews: (listener: () => void) => store.events.onCommit(listener),
        observer: counters.observerOf(topic),
      }
      relays.set(topic, await waitUntilReachable(() => openRelay(relay), options))
    }
  } catch (error) {
    await stop()
    throw error
  }
  observeActive(options.metrics, relays)
  health.add({
    name: 'relay',
    required: false,
    check: async () => void (await Promise.all([...relays.values()].map((one) => one.check()))),
  })
  return { stop }
}
