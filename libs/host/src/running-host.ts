import { setTimeout as delay } from 'node:timers/promises'
import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventLog } from '@magasin/event-log/event-log'
import type { Relay } from '@magasin/event-log/relay'
import type { EventStoreTables } from '@magasin/event-store/tables'
import { registerAccess, type Access, type Authentication } from '@magasin/service-kit/access'
import { databaseOf } from '@magasin/service-kit/database-setting'
import type { Health } from '@magasin/service-kit/health'
import type { HttpServer } from '@magasin/service-kit/http-server'
import type { Logger } from '@magasin/service-kit/logger'
import type { Metrics } from '@magasin/service-kit/metrics'
import { RateLimiter, type RateLimits } from '@magasin/service-kit/rate-limiter'
import { kafkaOf, type ServiceConfig } from '@magasin/service-kit/service-settings'
import { waitUntilReachable } from '@magasin/service-kit/wait-until-reachable'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { forgetAnswersHourly } from './forget-answers.ts'
import type { Host, SubscribeRequest } from './host.ts'
import { observeUnrecognised } from './observe-unrecognised.ts'
import { openLog, openStoreLog, type PublishedStore } from './open-log.ts'
import { openOwnRelay } from './open-relay.ts'
import type { Place } from './open-own-database.ts'
import type { OwnStore } from './open-own-store.ts'
import { hasDatabase, type Part, type PartWithDatabase } from './part.ts'
import { refuseUndeclaredEvents, refuseUndeclaredTopics } from './refuse-undeclared.ts'
import { RelayMetrics } from './relay-metrics.ts'
import { readModelsCheck, runProjector, type ProjectRequest } from './run-projector.ts'
import { groupCheck, runSubscriptions } from './run-subscriptions.ts'
import { SubscriptionMetrics } from './subscription-metrics.ts'

/** What a host is made with. */
export interface HostContext {
  /** Names the process to its log and to the brokers. */
  readonly name: string
  readonly parts: readonly Part[]
  readonly config: Pick<ServiceConfig, 'dataDir' | 'database' | 'log' | 'topicPrefix' | 'topicNames' | keyof RateLimits>
  readonly catalogue: Catalogue
  readonly server: HttpServer
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  readonly signal: AbortSignal
}

/** A host at work: `follow` comes after the start of every service. Disposing of it stops and closes all that it opened. */
export class RunningHost implements Host, AsyncDisposable {
  readonly #context: HostContext
  readonly #opened = new AsyncDisposableStack()
  readonly #access: Access
  readonly #stores: PublishedStore[] = []
  /** The parts that subscribe. */
  readonly #following = new Set<string>()
  readonly #projecting: (() => Promise<void>)[] = []
  readonly #subscribing: ((log: EventLog, metrics: SubscriptionMetrics) => Promise<void>)[] = []

  constructor(context: HostContext) {
    this.#context = context
    this.#access = registerAccess(context.server)
    const { rateLimit = 0, addressRateLimit = 0 } = context.config
    this.#access.limitBy(new RateLimiter({ rateLimit, addressRateLimit }))
    for (const part of context.parts.filter(hasDatabase)) context.health.expect(this.#databaseCheckOf(part))
  }

  get catalogue(): Catalogue {
    return this.#context.catalogue
  }
  get logger(): Logger {
    return this.#context.logger
  }
  get metrics(): Metrics {
    return this.#context.metrics
  }
  get health(): Health {
    return this.#context.health
  }
  get server(): HttpServer {
    return this.#context.server
  }
  get signal(): AbortSignal {
    return this.#context.signal
  }

  authenticateBy(authentication: Authentication): void {
    this.#access.use(authentication)
  }

  placeOf(part: PartWithDatabase): Place {
    const { dataDir, database } = this.#context.config
    const onWaiting = () => this.logger.warn({ part: part.name }, 'another process changes the schema; waiting for it')
    return { dataDir, database: this.#isAlone ? database : databaseOf(part.database, database), onWaiting }
  }

  async open<T>(open: () => Promise<T>, close: (opened: T) => unknown): Promise<T> {
    const opened = await this.untilReachable(open)
    const closeIt = async (it: T) => void (await close(it))
    // The process was told to stop meanwhile, and did not wait.
    if (this.#opened.disposed) await closeIt(opened)
    else this.#opened.adopt(opened, closeIt)
    this.signal.throwIfAborted()
    return opened
  }

  untilReachable<T>(work: () => Promise<T>): Promise<T> {
    return waitUntilReachable(work, this.#context)
  }

  publish<Tables extends EventStoreTables>(part: PartWithDatabase, { database, events }: OwnStore<Tables>): void {
    refuseUndeclaredEvents(part)
    this.#stores.push({ part, database: narrowDatabase<EventStoreTables, Tables>(database), events })
    this.health.add({ ...this.#databaseCheckOf(part), check: () => database.check() })
    if (this.#kafka !== null && this.#stores.length === 1) this.health.expect(relayCheck)
    this.#opened.adopt(forgetAnswersHourly(events, this.logger), clearInterval)
  }

  subscribe<Tables extends SubscriberTables>(part: PartWithDatabase, request: SubscribeRequest<Tables>): void {
    const { database, subscriptions } = request
    refuseUndeclaredTopics(part, subscriptions, this.catalogue)
    if (!part.holds.events && !this.#following.has(part.name))
      this.health.add({ ...this.#databaseCheckOf(part), check: () => database.check() })
    for (const one of subscriptions) this.health.expect({ name: groupCheck(one), required: false })
    if (this.#kafka !== null && this.#following.size === 0) this.health.expect(logCheck)
    this.#following.add(part.name)
    this.#subscribing.push(async (log, metrics) => {
      const run = () => runSubscriptions({ ...this.#context, ...request, log, metrics })
      await this.open(run, (running) => running.stop())
    })
  }

  project(part: PartWithDatabase, request: ProjectRequest): void {
    this.health.expect(readModelsCheck)
    this.#projecting.push(async () => {
      const store = this.#stores.find((one) => one.part.name === part.name)
      if (store === undefined) throw new Error(`${part.name} projects events, and does not publish any`)
      const log = await this.open(
        () => openStoreLog(store),
        (opened) => opened.close(),
      )
      const run = () => Promise.resolve(runProjector({ ...this.#context, ...request, log }))
      const projector = await this.open(run, (one) => one.stop())
      // So that a small shop answers its reports from the first request on. A long history is built while it serves.
      await Promise.race([projector.ready, delay(patienceWithReadModelsMs, undefined, { ref: false })])
    })
  }

  /**
   * Opens what needs the log: relays, the log itself, subscriptions and projections. Resolves when they run; throws what refuses them, and INTERNAL
   * if a route is not public and nobody tells who calls.
   */
  async follow(): Promise<void> {
    this.#access.ensure()
    await Promise.all([this.#relay(), this.#subscribe(), ...this.#projecting.map((run) => run())])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync()
  }

  get #isAlone(): boolean {
    return this.#context.parts.length === 1
  }

  get #kafka() {
    return kafkaOf(this.#context.config)
  }

  async #relay(): Promise<void> {
    const kafka = this.#kafka
    if (kafka === null || this.#stores.length === 0) return
    const metrics = new RelayMetrics(this.#context)
    const relays: Pick<Relay, 'check'>[] = []
    for (const store of this.#stores) {
      const open = () => openOwnRelay({ kafka, catalogue: this.catalogue, store, metrics })
      relays.push(await this.open(open, (relay) => relay.stop()))
    }
    this.health.add({ ...relayCheck, check: async () => void (await Promise.all(relays.map((one) => one.check()))) })
  }

  async #subscribe(): Promise<void> {
    if (this.#subscribing.length === 0) return
    const { config, name } = this.#context
    const { catalogue } = this
    const { log, unrecognised } = await this.open(
      () => openLog({ config, catalogue, client: name, stores: this.#stores }),
      (opened) => opened.close(),
    )
    if (unrecognised !== null) {
      this.health.add({ ...logCheck, check: () => log.check() })
      this.#opened.adopt(observeUnrecognised({ ...this.#context, unrecognised }), (observed) => observed.stop())
    }
    const metrics = new SubscriptionMetrics(this.#context)
    await Promise.all(this.#subscribing.map((run) => run(log, metrics)))
  }

  /**
   * A service that records cannot work without its database. One that only follows others is late without it, which is `degraded`;
   * but in a process of its own there is nothing else to be ready for.
   */
  #databaseCheckOf({ database, holds }: PartWithDatabase): { readonly name: string; readonly required: boolean } {
    return { name: `database:${database}`, required: holds.events || this.#isAlone }
  }
}

const patienceWithReadModelsMs = 1_000
const relayCheck = { name: 'relay', required: false } as const
const logCheck = { name: 'log', required: false } as const
