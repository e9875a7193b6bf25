import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@magasin/service-kit/logger'
import type { Metrics } from '@magasin/service-kit/metrics'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { countParked } from '@magasin/subscribers/parking'
import type { Subscriber, SubscriberObserver } from '@magasin/subscribers/subscriber'
import type { Subscription } from '@magasin/subscribers/subscription'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { Counter, Gauge } from 'prom-client'

export interface Observed {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly database: SqlDatabase<SubscriberTables>
  readonly subscription: Subscription
}

/** Counts and logs what happens to a subscription: the event by its numbers, never by what it says of a person. */
export function observe(observed: Observed): SubscriberObserver {
  const { logger, metrics, subscription } = observed
  const { group, topic } = subscription
  const { events, retries } = createCounters(metrics)
  metrics.registry.registerMetric(createParkedGauge(observed))
  return {
    handled: (count) => events.inc({ group, outcome: 'handled' }, count),
    retried(err, { partition, tries }) {
      retries.inc({ group })
      logger.warn({ err, group, topic, partition, tries }, 'an event could not be handled; trying again')
    },
    parked({ partition, seq, eventId, stream }, err) {
      events.inc({ group, outcome: 'parked' })
      const facts = { group, topic, partition, seq, eventId, stream }
      if (err === null) logger.warn(facts, 'an event waits behind a parked one of its stream')
      else logger.error({ err, ...facts }, 'an event is parked; `magasin parked list` shows it')
    },
    redriven: (stream, count) => logger.info({ group, stream, count }, 'parked events were delivered again'),
    alarm: (err) => logger.error({ err, group }, 'a partition cannot go on'),
  }
}

function createCounters({ registry }: Metrics) {
  const registers = [registry]
  return {
    events: new Counter({
      name: 'magasin_subscriber_events_total',
      help: 'Events by group and outcome',
      labelNames: ['group', 'outcome'],
      registers,
    }),
    retries: new Counter({
      name: 'magasin_subscriber_retries_total',
      help: 'Tries that failed and are followed by another',
      labelNames: ['group'],
      registers,
    }),
  }
}

// What scrapes the metrics gives up after some seconds; a database that hangs must not cost it the others.
const countWithinMs = 1_000

/**
 * Asked when the metrics are read, and not before; so is the next one. While the database cannot be asked it has no value, and all
 * others are told: they are wanted most then.
 */
function createParkedGauge({ database, subscription: { group } }: Observed): Gauge {
  return new Gauge({
    name: 'magasin_subscriber_parked',
    help: 'Events that are parked now',
    labelNames: ['group'],
    registers: [],
    async collect() {
      const tooLate = delay(countWithinMs, undefined, { ref: false })
      const count = await Promise.race([countParked(database.reader), tooLate]).catch(() => undefined)
      this.reset()
      if (count !== undefined) this.set({ group }, count)
    },
  })
}

/** Shows how far a subscriber is behind, in the partitions that it reads now. */
export function observeLag({ registry }: Metrics, subscriber: Subscriber, topic: string): void {
  const lag = new Gauge({
    name: 'magasin_subscriber_lag',
    help: 'Events that are still to be handled',
    labelNames: ['group', 'topic', 'partition'],
    registers: [],
    collect() {
      this.reset()
      const { group, partitions } = subscriber.describe()
      for (const one of partitions) this.set({ group, topic, partition: one.partition }, one.lag)
    },
  })
  registry.registerMetric(lag)
}
