import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@magasin/service-kit/logger'
import { addCounter, type Metrics } from '@magasin/service-kit/metrics'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { SubscriberObserver } from '@magasin/subscribers/reporter'
import type { Subscriber } from '@magasin/subscribers/subscriber'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { Gauge } from 'prom-client'

type OwnDatabase = SqlDatabase<SubscriberTables>

// What scrapes the metrics gives up after some seconds; a database that hangs must not cost it the others.
const countWithinMs = 1_000

/**
 * Counts and logs what happens to the subscriptions of a process: an event by its numbers, never by what it says of a person.
 * Make it once: a metric has one place in a registry.
 */
export class SubscriptionMetrics {
  readonly #logger: Logger
  readonly #events: ReturnType<typeof addCounter>
  readonly #retries: ReturnType<typeof addCounter>
  readonly #groups = new Map<OwnDatabase, Set<string>>()
  readonly #subscribers = new Set<Subscriber>()

  constructor({ logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics }) {
    this.#logger = logger
    this.#events = addCounter(metrics, {
      name: 'magasin_subscriber_events_total',
      help: 'Events by group and outcome',
      labels: ['group', 'outcome'],
    })
    this.#retries = addCounter(metrics, {
      name: 'magasin_subscriber_retries_total',
      help: 'Tries that failed and are followed by another',
      labels: ['group'],
    })
    metrics.registry.registerMetric(parkedGauge(this.#groups))
    metrics.registry.registerMetric(lagGauge(this.#subscribers))
  }

  observerOf(group: string, database: OwnDatabase): SubscriberObserver {
    const [events, retries, logger] = [this.#events, this.#retries, this.#logger]
    this.#groups.set(database, (this.#groups.get(database) ?? new Set()).add(group))
    return {
      handled: (count) => events.inc({ group, outcome: 'handled' }, count),
      retried(err, facts) {
        retries.inc({ group })
        logger.warn({ err, ...facts }, 'an event could not be handled; trying again')
      },
      parked({ seq, eventId, stream }, err, where) {
        events.inc({ group, outcome: 'parked' })
        const facts = { ...where, seq, eventId, stream }
        if (err === null) logger.warn(facts, 'an event waits for a parked one before it in its stream')
        else logger.error({ err, ...facts }, 'an event is parked; `magasin parked list` shows it')
      },
      slow: ({ seq, eventId, stream }, where) =>
        logger.warn({ ...where, seq, eventId, stream }, 'an effect takes long; its stream waits for it'),
      redriven: (stream, count, where) =>
        logger.info({ ...where, stream, count }, 'parked events were delivered again'),
      alarm: (err, where) => logger.error({ err, ...where }, 'a partition cannot go on'),
    }
  }

  /** Shows how many events a subscriber still has to handle, in the partitions that it reads now. */
  showLag(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber)
  }
}

/**
 * Asked when the metrics are read, and not before. While a database cannot be asked its groups have no value, and all other metrics
 * are told: they are wanted most then.
 */
function parkedGauge(groups: ReadonlyMap<OwnDatabase, ReadonlySet<string>>): Gauge {
  return new Gauge({
    name: 'magasin_subscriber_parked',
    help: 'Events that are parked now',
    labelNames: ['group'],
    registers: [],
    async collect() {
      const tooLate = delay(countWithinMs, undefined, { ref: false })
      const counting = [...groups.keys()].map((database) =>
        Promise.race([countByGroup(database), tooLate]).catch(() => undefined),
      )
      const counted = await Promise.all(counting)
      this.reset()
      for (const [i, names] of [...groups.values()].entries())
        for (const group of names) if (counted[i] !== undefined) this.set({ group }, counted[i].get(group) ?? 0)
    },
  })
}

async function countByGroup({ reader }: OwnDatabase): Promise<ReadonlyMap<string, number>> {
  const query = reader.selectFrom('parked_events').groupBy('group_name')
  const rows = await query.select(['group_name', (eb) => eb.fn.countAll<number>().as('count')]).execute()
  return new Map(rows.map(({ group_name: group, count }) => [group, Number(count)]))
}

function lagGauge(subscribers: ReadonlySet<Subscriber>): Gauge {
  return new Gauge({
    name: 'magasin_subscriber_lag',
    help: 'Events that are still to be handled',
    labelNames: ['group', 'topic', 'partition'],
    registers: [],
    collect() {
      this.reset()
      for (const subscriber of subscribers) {
        const { group, partitions } = subscriber.describe()
        for (const { topic, partition, lag } of partitions) this.set({ group, topic, partition }, lag)
      }
    },
  })
}
