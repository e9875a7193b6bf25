import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@magasin/service-kit/logger'
import type { Metrics } from '@magasin/service-kit/metrics'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { countParked } from '@magasin/subscribers/parking'
import type { SubscriberObserver } from '@magasin/subscribers/reporter'
import type { Subscriber } from '@magasin/subscribers/subscriber'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { Counter, Gauge } from 'prom-client'

export interface Observed {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly database: SqlDatabase<SubscriberTables>
  readonly group: string
}

/** Counts and logs what happens to a subscription: the event by its numbers, never by what it says of a person. */
export function observe(observed: Observed): SubscriberObserver {
  const { logger, metrics } = observed
  const { events, retries } = createCounters(metrics)
  metrics.registry.registerMetric(createParkedGauge(observed))
  return {
    handled: (count, { group }) => events.inc({ group, outcome: 'handled' }, count),
    retried(err, facts) {
      retries.inc({ group: facts.group })
      logger.warn({ err, ...facts }, 'an event could not be handled; trying again')
    },
    parked({ seq, eventId, stream }, err, where) {
      events.inc({ group: where.group, outcome: 'parked' })
      const facts = { ...where, seq, eventId, stream }
      if (err === null) logger.warn(facts, 'an event waits after a parked one of its stream')
      else logger.error({ err, ...facts }, 'an event is parked; `magasin parked list` shows it')
    },
    slow: ({ seq, eventId, stream }, where) =>
      logger.warn({ ...where, seq, eventId, stream }, 'an effect takes long; its stream waits for it'),
    redriven: (stream, count, where) => logger.info({ ...where, stream, count }, 'parked events were delivered again'),
    alarm: (err, where) => logger.error({ err, ...where }, 'a partition cannot go on'),
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
function createParkedGauge({ database, group }: Observed): Gauge {
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
export function observeLag({ registry }: Metrics, subscriber: Subscriber): void {
  const lag = new Gauge({
    name: 'magasin_subscriber_lag',
    help: 'Events that are still to be handled',
    labelNames: ['group', 'topic', 'partition'],
    registers: [],
    collect() {
      this.reset()
      const { group, partitions } = subscriber.describe()
      for (const one of partitions) this.set({ group, topic: one.topic, partition: one.partition }, one.lag)
    },
  })
  registry.registerMetric(lag)
}
