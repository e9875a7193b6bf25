import { setTimeout as delay } from 'node:timers/promises'
import type { EventTables } from '../table/event-table.ts'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { migrate } from '@magasin/sql/migrate'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { Cluster, type KafkaOptions } from '../kafka/cluster.ts'
import { TopicWriter } from '../kafka/topic-writer.ts'
import { isRefusal } from '@magasin/contracts/magasin-error'
import { findHeads, refuseDiverged, wasShortened, type Heads } from './heads.ts'
import { readMarks, relayMigrations, type RelayTables } from './marks.ts'
import { News } from './news.ts'
import { relayPass } from './relay-pass.ts'

export interface RelayOptions<Tables extends EventTables> {
  /** The store's database. */
  readonly database: SqlDatabase<Tables>
  readonly logId: string
  readonly topic: string
  readonly kafka: KafkaOptions
  /** Calls back after a commit of this process; without it only looking from time to time finds new events. */
  readonly onNews?: (listener: () => void) => () => void
  readonly observer: RelayObserver
}

/** Told what happens, for logs and metrics. */
export interface RelayObserver {
  /** So many records are on the broker, as it answered. */
  sent(count: number): void
  /** A pass ended: Kafka or the database is away, or the broker has less than it had (LOG_MOVED). Another begins. */
  failed(error: unknown): void
  /** It goes on after that. */
  recovered(): void
}

export interface Relay {
  /** Whether this process is the one that relays; the others wait to. */
  readonly isActive: boolean
  /** Rejects with why the last pass ended, until the next one goes on. */
  check(): Promise<void>
  /** Finishes the batch under way. Idempotent. */
  stop(): Promise<void>
}

const retryMs = 1_000
const othersRestMs = 100
// Whoever stops waits so long for a broker that hangs; what it was given may come twice then.
const answerWithinMs = 2_000

/**
 * Copies the partitions of the event table to those of a Kafka topic, in seq order, for as long as it runs. Among all processes of a
 * store one does it at a time, by a lock of the database; nothing depends on that, since readers pass over repeats.
 * It reads its own topic as a reader would, and sends what such a reader would expect: at its start, and whenever a broker's answer says
 * that the topic is not as it was left. Rejects with LOG_FOREIGN, LOG_DIVERGED, TOPIC_PARTITIONS_CHANGED; a broker that is away is waited for.
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
  readonly #writer: TopicWriter
  readonly #news: News
  readonly #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #fault: unknown
  #isActive = false

  constructor(options: RelayOptions<EventTables & RelayTables>) {
    this.#options = options
    this.#cluster = new Cluster(options.kafka)
    this.#writer = new TopicWriter(this.#cluster, options)
    this.#news = new News(options.onNews ?? (() => () => undefined))
  }

  get isActive(): boolean {
    return this.#isActive
  }

  async start(): Promise<void> {
    try {
      await this.#findHeads()
    } catch (error) {
      if (isRefusal(error)) {
        await this.#close()
        throw error
      }
      this.#failed(error)
    }
    this.#running = this.#run()
  }

  async check(): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.race([this.#running, delay(answerWithinMs, undefined, { ref: false })])
    await this.#close()
    await this.#running
  }

  async #close(): Promise<void> {
    this.#news.close()
    await this.#writer.close()
    await this.#cluster.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted)
      try {
        await this.#relayAlone(signal)
      } catch (error) {
        if (signal.aborted) break
        this.#failed(error)
        await delay(retryMs, undefined, { signal }).catch(() => undefined)
      }
  }

  /** Waits for its turn, then relays until it is to stop or loses the lock. */
  async #relayAlone(signal: AbortSignal): Promise<void> {
    const { database, topic } = this.#options
    // Whoever waits for long has somebody else who relays: what its own last pass met says nothing any more.
    const waiting = setTimeout(() => this.#recovered(), retryMs)
    const lock = await database.lock(`relay/${topic}`, signal).finally(() => clearTimeout(waiting))
    this.#isActive = true
    try {
      const held = AbortSignal.any([signal, lock.lost])
      while (!held.aborted) await this.#pass(held)
    } finally {
      this.#isActive = false
      await lock.release()
    }
  }

  /** A topic that was found changed is read anew at once; whatever else ends a pass gives up the turn. */
  async #pass(signal: AbortSignal): Promise<void> {
    const heads = await this.#findHeads()
    this.#recovered()
    const { observer } = this.#options
    try {
      await relayPass(
        {
          ...this.#options,
          cluster: this.#cluster,
          writer: this.#writer,
          news: this.#news,
          heads,
          onSent: (count) => observer.sent(count),
        },
        signal,
      )
    } catch (error) {
      if (!isMagasinError(error, 'LOG_MOVED')) throw error
      if (wasShortened(error)) this.#failed(error)
      // Who writes steadily, a republishing too, is not to have the topic read anew for each of his records.
      else await delay(othersRestMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #findHeads(): Promise<Heads> {
    const { database, topic, logId } = this.#options
    const heads = await findHeads(this.#cluster, { topic, logId, marks: await readMarks(database, topic) })
    await refuseDiverged(database, { topic, heads })
    return heads
  }

  #failed(error: unknown): void {
    this.#fault = error
    this.#options.observer.failed(error)
  }

  #recovered(): void {
    if (this.#fault === undefined) return
    this.#fault = undefined
    this.#options.observer.recovered()
  }
}
