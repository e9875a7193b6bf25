import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { Relay, RelayObserver } from '@magasin/event-log/relay'
import type { Logger } from '@magasin/service-kit/logger'
import { addCounter, addGauge, type Metrics } from '@magasin/service-kit/metrics'

/** Counts and logs what happens to the relays of a process. Make it once: a metric has one place in a registry. */
export class RelayMetrics {
  readonly #logger: Logger
  readonly #sent: ReturnType<typeof addCounter>
  readonly #failing: ReturnType<typeof addGauge>
  readonly #relays = new Map<Relay, readonly string[]>()

  constructor({ logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics }) {
    this.#logger = logger
    this.#sent = addCounter(metrics, {
      name: 'magasin_relay_sent_total',
      help: 'Events that the broker has taken, repeats included',
      labels: ['topic'],
    })
    this.#failing = addGauge(metrics, {
      name: 'magasin_relay_failing',
      help: '1 while a topic is not sent to, by the error that was met last',
      labels: ['topic', 'code'],
    })
    const relays = this.#relays
    const active = addGauge(metrics, {
      name: 'magasin_relay_active',
      help: '1 if this process relays the topic now; the other processes of the store wait to',
      labels: ['topic'],
      collect() {
        for (const [{ isActive }, topics] of relays) for (const topic of topics) active.set({ topic }, isActive ? 1 : 0)
      },
    })
  }

  /** Of one store's relay. */
  observerOf(topics: readonly string[]): RelayObserver {
    const [sent, failing, logger] = [this.#sent, this.#failing, this.#logger]
    const last = new Map<string, string>()
    for (const topic of topics) sent.inc({ topic }, 0)
    const forget = (topic: string) => {
      const code = last.get(topic)
      if (code !== undefined) failing.remove({ topic, code })
      last.delete(topic)
    }
    return {
      sent: (topic, count) => sent.inc({ topic }, count),
      failed(of, err) {
        const topic = of ?? allTopics
        const code = isMagasinError(err) ? err.code : 'INTERNAL'
        // It tries again every second; a line for each would hide the others.
        if (code === last.get(topic)) return
        forget(topic)
        logger.warn({ err, topic }, 'events cannot be relayed; trying again')
        failing.set({ topic, code }, 1)
        last.set(topic, code)
      },
      recovered(of) {
        const topic = of ?? allTopics
        logger.info({ topic }, 'events are relayed again')
        forget(topic)
      },
    }
  }

  /** Shows of topics whether this process relays them now; among all processes of a store one does. */
  showActive(relay: Relay, topics: readonly string[]): void {
    this.#relays.set(relay, topics)
  }
}

const allTopics = 'all'
