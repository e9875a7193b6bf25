import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { Relay, RelayObserver } from '@magasin/event-log/relay'
import type { Logger } from '@magasin/service-kit/logger'
import { addCounter, addGauge, type Metrics } from '@magasin/service-kit/metrics'

/** Counts and logs what happens to the relays of a process. Make it once: a metric has one place in a registry. */
export class RelayMetrics {
  readonly #logger: Logger
  readonly #sent: ReturnType<typeof addCounter>
  readonly #failing: ReturnType<typeof addGauge>
  readonly #relays = new Map<string, Relay>()

  constructor({ logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics }) {
    this.#logger = logger
    this.#sent = addCounter(metrics, {
      name: 'magasin_relay_sent_total',
      help: 'Events that the broker has taken, repeats included',
      labels: ['topic'],
    })
    this.#failing = addGauge(metrics, {
      name: 'magasin_relay_failing',
      help: '1 while a relay cannot go on, by the error that it met last',
      labels: ['topic', 'code'],
    })
    const relays = this.#relays
    const active = addGauge(metrics, {
      name: 'magasin_relay_active',
      help: '1 where this process relays the topic now; the other processes of the store wait to',
      labels: ['topic'],
      collect() {
        for (const [topic, { isActive }] of relays) active.set({ topic }, isActive ? 1 : 0)
      },
    })
  }

  observerOf(topic: string): RelayObserver {
    let last: string | undefined
    this.#sent.inc({ topic }, 0)
    return {
      sent: (count) => this.#sent.inc({ topic }, count),
      failed: (err) => {
        const code = isMagasinError(err) ? err.code : 'INTERNAL'
        // It tries again every second; a line for each would hide the others.
        if (code === last) return
        this.#logger.warn({ err, topic }, 'events cannot be relayed; trying again')
        if (last !== undefined) this.#failing.remove({ topic, code: last })
        this.#failing.set({ topic, code }, 1)
        last = code
      },
      recovered: () => {
        this.#logger.info({ topic }, 'events are relayed again')
        if (last !== undefined) this.#failing.remove({ topic, code: last })
        last = undefined
      },
    }
  }

  /** Shows of a topic whether this process relays it now; among all processes of a store one does. */
  showActive(topic: string, relay: Relay): void {
    this.#relays.set(topic, relay)
  }
}
