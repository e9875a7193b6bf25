import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog } from '@magasin/event-log/event-log'
import type { Health } from '@magasin/service-kit/health'
import type { Logger } from '@magasin/service-kit/logger'
import type { Metrics } from '@magasin/service-kit/metrics'
import { openSubscriber, type Subscriber } from '@magasin/subscribers/subscriber'
import type { Mailer } from './mailers/mailer.ts'
import { observe, observeLag } from './observe.ts'
import { openCoolrielDatabase } from './open-database.ts'
import { userEmails } from './subscriptions.ts'

export interface CoolrielOptions {
  readonly dataDir: string
  readonly log: EventLog
  readonly mailer: Mailer
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
}

export interface Coolriel {
  /** Finishes the e-mails under way. The log and the mailer stay open: they are the caller's. */
  stop(): Promise<void>
}

/**
 * Starts Coolriel: it follows the user events, from the first one the first time, and sends the e-mail that each calls for.
 * Throws LOG_FOREIGN, POSITION_AHEAD, DATABASE_DAMAGED, DATABASE_NEWER, DATA_FOLDER_UNUSABLE.
 */
export async function startCoolriel(options: CoolrielOptions): Promise<Coolriel> {
  const { dataDir, log, mailer, logger, metrics, health } = options
  const database = openCoolrielDatabase(dataDir)
  try {
    const subscription = userEmails(mailer)
    const observer = observe({ logger, metrics, database, subscription })
    const subscriber = await openSubscriber({ log, database, subscription, observer })
    observeLag(metrics, subscriber, subscription.topic)
    health.add({ name: 'mail', required: false, check: () => mailer.check() })
    health.add({ name: 'coolriel', required: false, check: () => checkProgress(subscriber) })
    return { stop: () => subscriber.stop().finally(() => database.close()) }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** E-mails are late, not lost, while a partition fails: that is `degraded`. */
async function checkProgress(subscriber: Subscriber): Promise<void> {
  const [first] = subscriber.failing()
  if (first === undefined) return
  const [partition, code] = first
  throw new MagasinError(code, `${partition === null ? 'the log' : `partition ${partition}`} is being tried again`)
}
