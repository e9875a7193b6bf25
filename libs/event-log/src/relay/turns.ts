import { setTimeout as delay } from 'node:timers/promises'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Cluster } from '../kafka/cluster.ts'
import type { Appended, BatchWriter } from '../kafka/writing/batch-writer.ts'
import type { EventTables } from '../table/event-table.ts'
import type { EventReader, ReadBatch, ReadEvents } from './event-reader.ts'
import type { KnownEnds } from './known-ends.ts'
import { compareBases, compareEnds, headsAfter, type HeadsByTopic } from './heads.ts'
import { writeMarks, type RelayTables } from './marks.ts'
import type { News } from '../news.ts'
import { pollAfter, restAfter } from './pace.ts'
import { readEnds } from './read-ends.ts'
import type { RelayedTopics } from './relayed-topics.ts'

export interface TurnsOptions {
  readonly database: SqlDatabase<EventTables & RelayTables>
  readonly cluster: Cluster
  readonly reader: EventReader
  readonly writer: BatchWriter
  readonly topics: RelayedTopics
  readonly news: News
  readonly known: KnownEnds
  /** The broker took so many records of a topic. */
  readonly onSent: (topic: string, count: number) => void
}

// A broker that came back with less is noticed within this time, also in topics to which nothing is sent.
const compareMs = 2_000
// Marks are written no later than this. More often, and each turn costs a flush; later, and a start reads more of what was sent before.
const markWithinMs = 250

/**
 * The turns of the relay: each reads the next events of all topics, makes sure that they are on disk, sends them, and verifies where the
 * broker put them. Faults of a topic are the topic's; what is thrown is the database's.
 */
export class Turns {
  readonly #options: TurnsOptions
  /** The reading for the next turn, if it runs while this one sends. */
  #ahead: Promise<ReadEvents> | undefined
  #sentAt = -Infinity
  #markedAt = -Infinity
  // The first turn compares: what was found before it was this process's turn may have changed since.
  #comparedAt = -Infinity
  #wasTold = false
  #emptyLooks = Infinity

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  /** Takes turns until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) await this.#take(signal)
    } finally {
      // Nothing of a turn is under way afterwards: the database may be closed then.
      await this.#ahead?.catch(() => undefined)
      this.#ahead = undefined
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    if (performance.now() - this.#comparedAt >= compareMs) await this.#compare()
    const { batches, isMore } = await this.#read()
    await this.#secure(batches)
    if (batches.length === 0) return isMore ? undefined : this.#idle(signal)
    const appended = await this.#send(batches, isMore)
    const sent = this.#verify(batches, appended)
    if (!isMore) await delay(restAfter(sent), undefined, { signal }).catch(() => undefined)
  }

  async #read(): Promise<ReadEvents> {
    const { topics, reader, known } = this.#options
    topics.openMissing()
    const reading = this.#ahead ?? reader.read(topics.heads, known)
    this.#ahead = undefined
    const { batches, isMore } = await reading
    return { batches: topics.onlyNext(batches), isMore }
  }

  /**
   * Durable before acted on: what was read may not be on disk yet, unless a commit of this process was answered that came after it. The
   * marks of the last turns are a commit of our own, written between reading and sending; if there is nothing to mark, another one serves.
   */
  async #secure(batches: readonly ReadBatch[]): Promise<void> {
    const { topics, database, known } = this.#options
    const isDurable = known.areDurable(batches)
    const since = batches.length === 0 ? this.#sentAt : this.#markedAt
    if (isDurable && performance.now() - since < markWithinMs) return
    if (!topics.isMarked) await this.mark()
    else if (!isDurable) await database.settle()
  }

  /** If the table holds more, the next reading runs while this one is sent. */
  #send(batches: readonly ReadBatch[], isMore: boolean): Promise<Appended> {
    const { topics, writer } = this.#options
    if (isMore) this.#readAhead(headsAfter(topics.heads, batches))
    return writer.append(batches)
  }

  /** Believes the broker only what is where it had to come to lie; resolves with how many events that are. */
  #verify(batches: readonly ReadBatch[], appended: Appended): number {
    const { topics, onSent } = this.#options
    const faults = new Map([...compareBases(topics.heads, appended.batches), ...appended.failures])
    const taken = batches.filter(({ topic }) => !faults.has(topic))
    topics.advance(taken)
    this.#sentAt = performance.now()
    if (!this.#wasTold) this.#emptyLooks = 0
    let sent = 0
    for (const [topic, some] of Map.groupBy(taken, (batch) => batch.topic)) {
      const count = some.reduce((sum, { records }) => sum + records.length, 0)
      onSent(topic, count)
      sent += count
    }
    for (const [topic, fault] of faults) topics.fail(topic, fault)
    return sent
  }

  /** Writes where the topics are. */
  async mark(): Promise<void> {
    const { topics, database } = this.#options
    const { marks } = topics
    await writeMarks(database, marks)
    topics.marks = marks
    this.#markedAt = performance.now()
  }

  /** Waits for something to send. */
  async #idle(signal: AbortSignal): Promise<void> {
    const news = await this.#options.news.wait(pollAfter(this.#emptyLooks++), signal)
    this.#wasTold = news !== undefined
  }

  /** Compares where the topics end with where the relay left them. */
  async #compare(): Promise<void> {
    const { cluster, topics } = this.#options
    const { heads } = topics
    const { ends, failures } = await readEnds(cluster, [...heads.keys()])
    this.#comparedAt = performance.now()
    for (const [topic, fault] of [...compareEnds(heads, ends), ...failures]) topics.fail(topic, fault)
  }

  #readAhead(heads: HeadsByTopic): void {
    const { reader, known } = this.#options
    this.#ahead = reader.read(heads, known)
    // Should the sending fail first, somebody still listens to this.
    this.#ahead.catch(() => undefined)
  }
}
