import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog } from '@magasin/event-log/event-log'
import type { Health } from '@magasin/service-kit/health'
import type { Logger } from '@magasin/service-kit/logger'
import type { Metrics } from '@magasin/service-kit/metrics'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { waitUntilReachable } from '@magasin/service-kit/wait-until-reachable'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSubscriber, type Subscriber } from '@magasin/subscribers/subscriber'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import type { Mailer } from './mailers/mailer.ts'
import { observe, observeLag } from './observe.ts'
import { userEmails } from './subscriptions.ts'

export interface CoolrielOptions {
  /** As which it reads: those of one group share a database, and the work. */
  readonly group: string
  /** Its own. */
  readonly database: SqlDatabase<SubscriberTables>
  readonly log: EventLog
  readonly mailer: Mailer
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  /** Ends the waiting for a database server. */
  readonly signal: AbortSignal
}

export interface Coolriel {
  /** Finishes the e-mails under way. Database, log and mailer stay open: they are the caller's. */
  stop(): Promise<void>
}

/**
 * Starts Coolriel: it follows the user events, from the first one the first time, and sends the e-mail that each calls for.
 * A database that is lost meanwhile is waited for. Throws STORE_UNAVAILABLE, LOG_FOREIGN, POSITION_AHEAD, DATABASE_NEWER.
 */
export async function startCoolriel(options: CoolrielOptions): Promise<Coolriel> {
  const { database, group, log, mailer, logger, metrics, health } = options
  const subscription = userEmails(mailer, group)
  const observer = observe({ logger, metrics, database, group })
  const subscriber = await waitUntilReachable(
    () => openSubscriber({ catalogue: shopCatalogue, log, database, subscription, observer }),
    options,
  )
  observeLag(metrics, subscriber)
  health.add({ name: 'mail', required: false, check: () => mailer.check() })
  health.add({ name: 'coolriel', required: false, check: () => checkProgress(subscriber) })
  return { stop: () => subscriber.stop() }
}

/** E-mails are late, not lost, while a partition fails: that is `degraded`. */
async function checkProgress(subscriber: Subscriber): Promise<void> {
  const [first] = subscriber.failing()
  if (first === undefined) return
  const { topic, partition, stream, code } = first
  const place = partition === null ? 'the log' : `${topic} partition ${partition}`
  throw new MagasinError(shopCatalogue.errorKind(code), `${stream ?? place} is being tried again`)
}
