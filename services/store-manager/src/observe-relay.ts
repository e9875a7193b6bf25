import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { Relay, RelayObserver } from '@magasin/event-log/relay'
import type { Logger } from '@magasin/service-kit/logger'
import { addCounter, addGauge, type Metrics } from '@magasin/service-kit/metrics'

export interface Observed {
  readonly logger: Logger
  readonly metrics: Metrics
}

/** Counts and logs what happens to the relay of a store. */
export function observeRelay({ logger, metrics }: Observed, topics: readonly string[]): RelayObserver {
  const sent = addCounter(metrics, {
    name: 'magasin_relay_sent_total',
    help: 'Events that the broker has taken, repeats included',
    labels: ['topic'],
  })
  const failing = addGauge(metrics, {
    name: 'magasin_relay_failing',
    help: '1 while a topic is not sent to, by the error that was met last',
    labels: ['topic', 'code'],
  })
  const last = new Map<string, string>()
  for (const topic of topics) sent.inc({ topic }, 0)
  const forget = (topic: string) => {
    const code = last.get(topic)
    if (code !== undefined) failing.remove({ topic, code })
    last.delete(topic)
  }
  return {
    sent: (topic, count) => sent.inc({ topic }, count),
    failed(topic, err) {
      const code = isMagasinError(err) ? err.code : 'INTERNAL'
      const name = topic ?? 'all'
      // It tries again every second; a line for each would hide the others.
      if (code === last.get(name)) return
      forget(name)
      logger.warn({ err, topic: name }, 'events cannot be relayed; trying again')
      failing.set({ topic: name, code }, 1)
      last.set(name, code)
    },
    recovered(topic) {
      logger.info({ topic: topic ?? 'all' }, 'events are relayed again')
      forget(topic ?? 'all')
    },
  }
}

/** Shows whether this process relays now; among all processes of a store one does. */
export function observeActive(metrics: Metrics, relay: Relay, topics: readonly string[]): void {
  const active = addGauge(metrics, {
    name: 'magasin_relay_active',
    help: '1 if this process relays the topic now; the other processes of the store wait to',
    labels: ['topic'],
    collect() {
      for (const topic of topics) active.set({ topic }, relay.isActive ? 1 : 0)
    },
  })
}
