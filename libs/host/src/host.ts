import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventStore } from '@magasin/event-store/event-store'
import type { EventStoreTables } from '@magasin/event-store/tables'
import type { Authentication } from '@magasin/service-kit/access'
import type { Health } from '@magasin/service-kit/health'
import type { HttpServer } from '@magasin/service-kit/http-server'
import type { Logger } from '@magasin/service-kit/logger'
import type { Metrics } from '@magasin/service-kit/metrics'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { AnySubscription } from '@magasin/subscribers/subscription'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import type { Place } from './open-own-database.ts'
import type { OwnStore } from './open-own-store.ts'
import type { ProjectRequest } from './run-projector.ts'
import type { PartWithDatabase } from './part.ts'

/**
 * The process of one service or of several: what the start of each is given. A service opens what is its own, declares its routes, and
 * says what it publishes and to what it subscribes; the host does the rest once all services of the process are open.
 */
export interface Host {
  readonly catalogue: Catalogue
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  /**
   * Declare routes here before the start of the service resolves, each with who may call it (`config: { access }`). The host adds those
   * of the operation, and listens.
   */
  readonly server: HttpServer
  /**
   * Tells who calls the routes that are not public, those of all services of the process; once. A process that has such a route and
   * nobody who tells does not start.
   */
  authenticateBy(authentication: Authentication): void
  /** Aborts when the process is to stop while it starts. */
  readonly signal: AbortSignal
  /** Where the database of a part is: in a process of several parts, each has one of its own. */
  placeOf(part: PartWithDatabase): Place
  /**
   * Opens something, waiting half a minute for a database server that cannot be reached. `close` is called when the process stops,
   * or does not start; what was opened last is closed first.
   */
  open<T>(open: () => Promise<T>, close: (opened: T) => unknown): Promise<T>
  /** Works on a database, beginning anew while its server cannot be reached, for half a minute. */
  untilReachable<T>(work: () => Promise<T>): Promise<T>
  /** Has the events of a store relayed if the log is Kafka, and read where they were recorded if it is not; forgets its old answers. */
  publish<Tables extends EventStoreTables>(part: PartWithDatabase, store: OwnStore<Tables>): void
  /** Has subscriptions run, whose positions and effects are in the part's own database. */
  subscribe<Tables extends SubscriberTables>(part: PartWithDatabase, request: SubscribeRequest<Tables>): void
  /**
   * Has read models projected from the events of a store that is published here, as they stand in its own event table: they need no
   * broker, and their store may be away.
   */
  project(part: PartWithDatabase, request: ProjectRequest): void
}

export interface SubscribeRequest<Tables extends SubscriberTables> {
  readonly database: SqlDatabase<Tables>
  readonly subscriptions: readonly AnySubscription<Tables>[]
  /** Carries out the commands with which they answer; its database is this one. */
  readonly store?: EventStore
}
