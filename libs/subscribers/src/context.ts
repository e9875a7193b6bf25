import type { Catalogue } from '@magasin/contracts/catalogue'
import type { PartitionRef } from '@magasin/event-log/event-log'
import type { EventStore } from '@magasin/event-store/event-store'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { LimitFunction } from 'p-limit'
import type { EffectsUnderWay } from './delivery/effects-under-way.ts'
import type { Reporter } from './reporter.ts'
import type { AnySubscription } from './subscription.ts'
import type { SubscriberTables } from './tables.ts'

/** What every part of a running subscriber works with. */
export interface SubscriberContext<Tables extends SubscriberTables> {
  readonly catalogue: Catalogue
  readonly database: SqlDatabase<Tables>
  /** The same database, as far as its tables are the subscriber's own. */
  readonly own: SqlDatabase<SubscriberTables>
  readonly subscription: AnySubscription<Tables>
  readonly store: Pick<EventStore, 'execute'> | undefined
  readonly reporter: Reporter
  /** Lets an effect outside begin when not too many are under way. */
  readonly effects: LimitFunction
  readonly underWay: EffectsUnderWay
  /** Runs work while nothing else of this process handles or parks events of the partition. */
  readonly alone: <T>(at: PartitionRef, work: () => Promise<T>) => Promise<T>
  readonly now: () => Date
  /** Aborts when the subscriber stops. */
  readonly stopping: AbortSignal
}
