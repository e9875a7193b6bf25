import { setTimeout as delay } from 'node:timers/promises'
import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventRecord } from '@magasin/contracts/event-record'
import { isMagasinError, isPermanent, type MagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog, GroupDescription, LogSubscription, Position } from '@magasin/event-log/event-log'
import { migrate } from '@magasin/sql/migrate'
import { narrowDatabase, narrowTransaction } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Transaction } from 'kysely'
import { backoffMs } from './backoff.ts'
import { handleEvents, type HandlingContext } from './handle-events.ts'
import { subscriberMigrations } from './migrations.ts'
import { park } from './parking.ts'
import { beginPosition, movePosition, readPosition } from './positions.ts'
import { redriveRequests, redriveStream } from './redrive.ts'
import { SerialQueues } from './serial-queues.ts'
import type { Subscription } from './subscription.ts'
import type { SubscriberTables } from './tables.ts'

/** What somebody who watches a subscriber is told. */
export interface SubscriberObserver {
  /** Effects and positions of so many events are durable. */
  handled(count: number): void
  /** A try failed and another will follow; `partition` (null: none of them) cannot go on until one succeeds. */
  retried(error: unknown, facts: { readonly partition: number | null; readonly tries: number }): void
  /** An event is parked: for a reason, or (null) behind another of its stream. */
  parked(record: EventRecord, reason: MagasinError | null): void
  redriven(stream: string, count: number): void
  /** A partition cannot go on by itself. */
  alarm(alarm: MagasinError): void
}

export interface SubscriberOptions<Tables extends SubscriberTables> {
  readonly catalogue: Catalogue
  readonly log: EventLog
  /** The subscriber's own database. */
  readonly database: SqlDatabase<Tables>
  readonly subscription: Subscription<Tables>
  readonly observer: SubscriberObserver
  readonly now?: () => Date
  /** How often to look whether somebody asked for a redrive. */
  readonly redrivePollMs?: number
}

/** A subscription that runs. */
export interface Subscriber {
  /** How far it is in each partition that it reads now. */
  describe(): GroupDescription
  /**
   * The partitions whose last try failed, with the code of the error (INTERNAL for one that is not ours);
   * null stands for the subscription as a whole.
   */
  failing(): ReadonlyMap<number | null, string>
  /** Finishes what is under way and takes nothing more. Idempotent. */
  stop(): Promise<void>
}

/**
 * Runs a subscription: from the position in the subscriber's own database, at the first event the first time; each event's effect
 * and the position in one transaction; permanent errors park, everything else is tried again for ever.
 * Rejects with LOG_FOREIGN, POSITION_AHEAD, DATABASE_NEWER.
 */
export async function openSubscriber<Tables extends SubscriberTables>(
  options: SubscriberOptions<Tables>,
): Promise<Subscriber> {
  await migrate(options.database, subscriberMigrations)
  const running = new RunningSubscriber(options)
  await running.start()
  return running
}

class RunningSubscriber<Tables extends SubscriberTables> implements Subscriber {
  readonly #options: SubscriberOptions<Tables>
  readonly #own: SqlDatabase<SubscriberTables>
  readonly #context: HandlingContext<Tables>
  readonly #stopping = new AbortController()
  readonly #partitions = new SerialQueues<number>()
  readonly #failing = new Map<number | null, string>()
  /** The partitions in which the group has a position. */
  readonly #begun = new Set<number>()
  #log: LogSubscription | undefined
  #redriving: Promise<void> = Promise.resolve()

  constructor(options: SubscriberOptions<Tables>) {
    this.#options = options
    this.#own = narrowDatabase<SubscriberTables, Tables>(options.database)
    const { catalogue, subscription, now = () => new Date() } = options
    this.#context = { catalogue, subscription, now, signal: this.#stopping.signal }
  }

  async start(): Promise<void> {
    const { log, observer, subscription } = this.#options
    const { group, topic } = subscription
    this.#log = await log.subscribe({
      topic,
      group,
      positionOf: (partition) => this.#positionOf(partition),
      deliver: (records) => this.#partitions.run(records[0]!.partition, () => this.#deliver(records)),
      onAlarm: (alarm) => observer.alarm(alarm),
      onFault: (error, partition) => this.#failed(error, { partition, tries: 1 }),
      onRecovery: (partition) => this.#failing.delete(partition),
    })
    this.#redriving = this.#redriveWhenAsked()
  }

  describe(): GroupDescription {
    return this.#log?.describe() ?? { group: this.#options.subscription.group, partitions: [] }
  }

  failing(): ReadonlyMap<number | null, string> {
    return this.#failing
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([this.#log?.stop(), this.#redriving])
  }

  async #positionOf(partition: number): Promise<Position | undefined> {
    const { group, topic } = this.#options.subscription
    const position = await readPosition(this.#own, { group, topic, partition })
    if (position !== undefined) this.#begun.add(partition)
    return position
  }

  async #deliver(records: readonly EventRecord[]): Promise<void> {
    const { eventsPerTransaction, group, topic } = this.#options.subscription
    const { partition, logId } = records[0]!
    if (!this.#begun.has(partition)) {
      await beginPosition(this.#own, { group, topic, partition }, logId)
      this.#begun.add(partition)
    }
    for (let i = 0; i < records.length; i += eventsPerTransaction) {
      const together = records.slice(i, i + eventsPerTransaction)
      if (together.length > 1 && (await this.#handleTogether(together))) continue
      for (const record of together) await this.#handleOrPark(record)
    }
  }

  /** The usual case: all go through. Where one does not, each goes alone. */
  async #handleTogether(records: readonly EventRecord[]): Promise<boolean> {
    try {
      this.#succeeded(records, await this.#handle(records))
      return true
    } catch (error) {
      if (isMagasinError(error, 'POSITION_MOVED')) throw error
      return false
    }
  }

  async #handleOrPark(record: EventRecord): Promise<void> {
    for (let tries = 1; ; tries++)
      try {
        this.#stopping.signal.throwIfAborted()
        return this.#succeeded([record], await this.#handle([record]))
      } catch (error) {
        if (isMagasinError(error, 'POSITION_MOVED') || this.#stopping.signal.aborted) throw error
        if (isPermanent(error)) return this.#parkUntilParked(record, error)
        await this.#restAfter(error, { partition: record.partition, tries })
      }
  }

  async #parkUntilParked(record: EventRecord, reason: MagasinError): Promise<void> {
    for (let tries = 1; ; tries++)
      try {
        await this.#options.database.transaction((tx) => this.#park(tx, record, reason))
        this.#options.observer.parked(record, reason)
        return void this.#failing.delete(record.partition)
      } catch (error) {
        if (isMagasinError(error, 'POSITION_MOVED') || this.#stopping.signal.aborted) throw error
        await this.#restAfter(error, { partition: record.partition, tries })
      }
  }

  #handle(records: readonly EventRecord[]): Promise<readonly EventRecord[]> {
    return this.#options.database.transaction((tx) => handleEvents(tx, records, this.#context))
  }

  async #park(tx: Transaction<Tables>, record: EventRecord, reason: MagasinError): Promise<void> {
    const own = narrowTransaction<SubscriberTables, Tables>(tx)
    const { group, topic } = this.#options.subscription
    const { partition, seq } = record
    await movePosition(own, { group, topic, partition }, { from: seq - 1, to: seq })
    await park(own, record, { group, reason, now: this.#context.now() })
  }

  async #restAfter(error: unknown, facts: { readonly partition: number; readonly tries: number }): Promise<void> {
    this.#failed(error, facts)
    await delay(backoffMs(facts.tries), undefined, { signal: this.#stopping.signal })
  }

  #failed(error: unknown, facts: { readonly partition: number | null; readonly tries: number }): void {
    if (this.#stopping.signal.aborted || isMagasinError(error, 'POSITION_MOVED')) return
    this.#failing.set(facts.partition, isMagasinError(error) ? error.code : 'INTERNAL')
    this.#options.observer.retried(error, facts)
  }

  #succeeded(records: readonly EventRecord[], waiting: readonly EventRecord[]): void {
    const { observer } = this.#options
    this.#failing.delete(records[0]!.partition)
    for (const record of waiting) observer.parked(record, null)
    if (records.length > waiting.length) observer.handled(records.length - waiting.length)
  }

  async #redriveWhenAsked(): Promise<void> {
    const { signal } = this.#stopping
    const underWay = new Map<string, Promise<void>>()
    while (!signal.aborted) {
      const requests = await redriveRequests(this.#own, this.#options.subscription).catch(() => [])
      for (const request of requests)
        if (!underWay.has(request.stream)) {
          const done = this.#redrive(request).finally(() => underWay.delete(request.stream))
          underWay.set(request.stream, done)
        }
      await delay(this.#options.redrivePollMs ?? 1_000, undefined, { signal }).catch(() => undefined)
    }
    await Promise.all(underWay.values())
  }

  /** What is not permanent leaves the request standing: it is met again at the next look. */
  async #redrive(request: { readonly stream: string; readonly partition: number }): Promise<void> {
    const { database, observer } = this.#options
    const { stream, partition } = request
    try {
      const redrive = () => redriveStream(database, request, this.#context)
      observer.redriven(stream, await this.#partitions.run(partition, redrive))
    } catch (error) {
      this.#failed(error, { partition, tries: 1 })
    }
  }
}
