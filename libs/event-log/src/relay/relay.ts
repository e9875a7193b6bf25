import { setTimeout as delay } from 'node:timers/promises'
import { isRefusal } from '@magasin/contracts/magasin-error'
import { migrate } from '@magasin/sql/migrate'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { Cluster, type KafkaOptions } from '../kafka/cluster.ts'
import { BatchWriter } from '../kafka/writing/batch-writer.ts'
import type { EventTables } from '../table/event-table.ts'
import { EventReader } from './event-reader.ts'
import { readMarks, relayMigrations, type RelayTables } from './marks.ts'
import { KnownEnds } from './known-ends.ts'
import { News, noNews, type OnNews } from '../news.ts'
import { RelayedTopics } from './relayed-topics.ts'
import { Turns } from './turns.ts'

export interface RelayOptions<Tables extends EventTables> {
  /** The store's database. */
  readonly database: SqlDatabase<Tables>
  readonly logId: string
  /** The topics that the store owns. */
  readonly topics: readonly string[]
  readonly kafka: KafkaOptions
  /** Tells of commits of this process; without it only looking from time to time finds new events. */
  readonly onNews?: OnNews
  readonly observer: RelayObserver
}

/** Told what happens, for logs and metrics. */
export interface RelayObserver {
  /** So many records of a topic are on the broker, as it answered. */
  sent(topic: string, count: number): void
  /**
   * A topic is not sent to (LOG_UNAVAILABLE, LOG_FOREIGN, LOG_DIVERGED, TOPIC_PARTITIONS_CHANGED), or its broker has less than it had
   * (LOG_MOVED); `null`: none is, since the database is away. The relay tries again, and goes on with the other topics.
   */
  failed(topic: string | null, error: unknown): void
  /** It goes on after that. */
  recovered(topic: string | null): void
  /** So many records of a topic were read on the broker, to find where it stands. */
  looked?(topic: string, count: number): void
}

export interface Relay {
  /** Whether this process is the one that relays; the others wait to. */
  readonly isActive: boolean
  /** Rejects with the fault of what cannot be sent: the database's, else that of a topic. */
  check(): Promise<void>
  /** Finishes the turn under way. Idempotent. */
  stop(): Promise<void>
}

const retryMs = 1_000
// How long a stop waits for a broker that hangs; what the broker was given may come twice then.
const stopWithinMs = 2_000

/**
 * Copies the partitions of the event table to those of Kafka topics, in seq order, for as long as it runs: all topics of a store in one
 * loop. Among all processes of a store one does it at a time, by a lock of the database; nothing depends on that, since readers pass
 * over repeats. The relay reads its topics as a reader would, and sends what such a reader would expect.
 * Resolves after a second at the latest, also if no broker answers; the events wait in the table. Rejects with LOG_FOREIGN, LOG_DIVERGED
 * or TOPIC_PARTITIONS_CHANGED if one of them is known by then: later they are told to the observer.
 */
export async function openRelay<Tables extends EventTables>(options: RelayOptions<Tables>): Promise<Relay> {
  const database = narrowDatabase<EventTables & RelayTables, Tables & RelayTables>(
    options.database as unknown as SqlDatabase<Tables & RelayTables>,
  )
  await migrate(database, relayMigrations)
  const relay = new RunningRelay({ ...options, database })
  await relay.start()
  return relay
}

class RunningRelay implements Relay {
  readonly #options: RelayOptions<EventTables & RelayTables>
  readonly #cluster: Cluster
  readonly #writer: BatchWriter
  readonly #topics: RelayedTopics
  readonly #news: News
  readonly #known = new KnownEnds()
  readonly #stopping = new AbortController()
  #wake = (): void => undefined
  #running: Promise<void> = Promise.resolve()
  /** Why nothing is sent at all. */
  #fault: unknown
  #isActive = false

  constructor(options: RelayOptions<EventTables & RelayTables>) {
    const { database, logId, topics, observer } = options
    this.#options = options
    this.#cluster = new Cluster(options.kafka)
    this.#writer = new BatchWriter(this.#cluster, options)
    this.#topics = new RelayedTopics({
      database: narrowDatabase(database),
      cluster: this.#cluster,
      logId,
      topics,
      onReady: () => this.#wake(),
      onRead: (topic, count) => observer.looked?.(topic, count),
      onFault: (topic, fault) => observer.failed(topic, fault),
      onRecovery: (topic) => observer.recovered(topic),
    })
    this.#news = new News((listener) => this.#listen(listener))
  }

  get isActive(): boolean {
    return this.#isActive
  }

  /** Begins to look at the topics, and refuses if one of them is known to be wrong within a second. */
  async start(): Promise<void> {
    try {
      this.#topics.marks = await readMarks(this.#options.database)
      this.#topics.openMissing()
      await this.#topics.firstLook
      for (const fault of this.#topics.faults.values()) if (isRefusal(fault)) throw fault
    } catch (error) {
      await this.#close()
      throw error
    }
    this.#running = this.#run()
  }

  async check(): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault
    for (const fault of this.#topics.faults.values()) throw fault
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.race([this.#running, delay(stopWithinMs, undefined, { ref: false })])
    await this.#close()
    await this.#running
  }

  async #close(): Promise<void> {
    this.#news.close()
    this.#topics.pause()
    await this.#writer.close()
    await this.#cluster.close()
    await this.#topics.ended()
  }

  /** News of our topics, and of those that can be sent to again. */
  #listen(listener: Parameters<OnNews>[0]): () => void {
    const { onNews = noNews, topics } = this.#options
    this.#wake = () => listener(null)
    return onNews((told) => {
      if (told !== null) this.#known.told(told)
      if (told === null || topics.some((topic) => told.has(topic))) listener(told)
    })
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted)
      try {
        await this.#relayAlone(signal)
      } catch (error) {
        if (signal.aborted) break
        this.#fault = error
        this.#known.forget()
        this.#options.observer.failed(null, error)
        await delay(retryMs, undefined, { signal }).catch(() => undefined)
      }
  }

  /** Waits for its turn, then relays until it is to stop or loses the lock. */
  async #relayAlone(signal: AbortSignal): Promise<void> {
    const { database } = this.#options
    let hasWaited = false
    const waiting = setTimeout(() => {
      hasWaited = true
      void this.#waitForAnother()
    }, retryMs)
    const lock = await database.lock('relay', signal).finally(() => clearTimeout(waiting))
    // Another process may have moved what was looked at.
    if (hasWaited) this.#topics.pause()
    this.#isActive = true
    try {
      await this.#relay(AbortSignal.any([signal, lock.lost]), lock.lost)
    } finally {
      this.#isActive = false
      await lock.release()
    }
  }

  async #relay(signal: AbortSignal, lost: AbortSignal): Promise<void> {
    const { database, logId, observer } = this.#options
    this.#topics.marks = await readMarks(database)
    this.#recover()
    const turns = new Turns({
      database,
      cluster: this.#cluster,
      reader: new EventReader(narrowDatabase(database), logId),
      writer: this.#writer,
      topics: this.#topics,
      news: this.#news,
      known: this.#known,
      onSent: (topic, count) => observer.sent(topic, count),
    })
    try {
      await turns.run(signal)
      if (!lost.aborted && !this.#topics.isMarked) await turns.mark()
    } finally {
      // Another process may be given the lock.
      this.#topics.pause()
    }
  }

  /**
   * Somebody else holds the lock, and that proves nothing: a fault that this process met is over when it sees that it is. A topic is
   * looked at until then, the database is asked.
   */
  async #waitForAnother(): Promise<void> {
    this.#topics.openMissing()
    // If it fails, so will the wait, or the next one.
    await readMarks(this.#options.database).then(
      () => this.#recover(),
      () => undefined,
    )
  }

  #recover(): void {
    if (this.#fault === undefined) return
    this.#fault = undefined
    this.#options.observer.recovered(null)
  }
}
