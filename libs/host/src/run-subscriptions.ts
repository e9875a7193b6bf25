import type { Catalogue } from '@magasin/contracts/catalogue'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog } from '@magasin/event-log/event-log'
import type { EventStore } from '@magasin/event-store/event-store'
import type { Health } from '@magasin/service-kit/health'
import type { Logger } from '@magasin/service-kit/logger'
import { waitUntilReachable } from '@magasin/service-kit/wait-until-reachable'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSubscriber, type Subscriber } from '@magasin/subscribers/subscriber'
import type { AnySubscription } from '@magasin/subscribers/subscription'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import type { SubscriptionMetrics } from './subscription-metrics.ts'

export interface SubscriptionsOptions<Tables extends SubscriberTables> {
  readonly catalogue: Catalogue
  readonly log: EventLog
  /** The service's own database: it holds the positions and the effects of all of them. */
  readonly database: SqlDatabase<Tables>
  readonly subscriptions: readonly AnySubscription<Tables>[]
  /** Carries out the commands with which they answer events; its database is this one. */
  readonly store?: EventStore
  readonly metrics: SubscriptionMetrics
  readonly health: Health
  readonly logger: Logger
  /** Ends the waiting for a database server. */
  readonly signal: AbortSignal
}

/**
 * Runs the subscriptions of a service, each with its metrics and a health check that is named after its group (`group:NAME`). They follow their
 * topics from the first event the first time. A database that is lost meanwhile is waited for.
 * Throws STORE_UNAVAILABLE, LOG_FOREIGN, POSITION_AHEAD, DATABASE_NEWER.
 */
export async function runSubscriptions<Tables extends SubscriberTables>(
  options: SubscriptionsOptions<Tables>,
): Promise<{ stop(): Promise<void> }> {
  const running: Subscriber[] = []
  const stop = async () => void (await Promise.all(running.map((subscriber) => subscriber.stop())))
  try {
    for (const subscription of options.subscriptions) running.push(await runSubscription(options, subscription))
  } catch (error) {
    await stop()
    throw error
  }
  return { stop }
}

/** The name of a subscription's health check. */
export const groupCheck = ({ group }: { readonly group: string }): string => `group:${group}`

async function runSubscription<Tables extends SubscriberTables>(
  options: SubscriptionsOptions<Tables>,
  subscription: AnySubscription<Tables>,
): Promise<Subscriber> {
  const { catalogue, log, database, metrics, health, store } = options
  const answering = store === undefined ? {} : { store }
  const observer = metrics.observerOf(subscription.group, narrowDatabase<SubscriberTables, Tables>(database))
  const open = () => openSubscriber({ catalogue, log, database, subscription, observer, ...answering })
  const subscriber = await waitUntilReachable(open, options)
  metrics.showLag(subscriber)
  health.add({ name: groupCheck(subscription), required: false, check: () => checkProgress(catalogue, subscriber) })
  return subscriber
}

/** Effects are late, not lost, while a partition fails: that is `degraded`. */
async function checkProgress(catalogue: Catalogue, subscriber: Subscriber): Promise<void> {
  const [first] = subscriber.failing()
  if (first === undefined) return
  const { topic, partition, stream, code } = first
  const place = topic === null ? 'the log' : `${topic} partition ${partition}`
  throw new MagasinError(catalogue.errorKind(code), `${stream ?? place} cannot go on at present`)
}
