import { setImmediate as turn } from 'node:timers/promises'
import type { Broker, Connection } from '@platformatic/kafka'
import type { PartitionRef } from '../../event-log.ts'
import type { Cluster } from '../cluster.ts'
import { logUnavailable } from '../kafka-faults.ts'
import type { PartitionFeed } from './partition-feed.ts'
import { offsetOutOfRange, pageBytes } from './partition-reader.ts'
import { fetchPartitions, type FetchAnswer } from '../protocol/fetch.ts'

// How long the broker holds a request that finds nothing. Longer, and a partition that comes to a quiet process waits for it; shorter, and
// an idle process costs more.
const waitMs = 1_000
// A partition that comes back while a request waits is not in that request. So requests are short for a while after one was left out;
// one that takes longer than that for a page does not mind a second.
const unsettledWaitMs = 25
const unsettledForMs = 2_000
// Of all partitions together: more makes the process stand still while it decodes them.
const answerBytes = 2_097_152

export interface FetcherOptions {
  readonly cluster: Cluster
  readonly broker: Broker
  /** A partition has another leader, or the broker is away. */
  readonly onLost: (feed: PartitionFeed) => void
  /** Nobody is read for any more: the fetcher is not used again. */
  readonly onIdle: () => void
}

/**
 * Reads all partitions that are followed at one broker, with one connection and one request at a time. No partition holds up another:
 * one whose reader is slow is left out of the next request.
 */
export class BrokerFetcher {
  readonly #options: FetcherOptions
  readonly #feeds = new Set<PartitionFeed>()
  #connection: Connection | undefined
  #unsettledAt = performance.now()
  #wake = (): void => undefined
  #isRunning = false
  #rounds = 0

  constructor(options: FetcherOptions) {
    this.#options = options
  }

  /** Whether it reads at this broker, and not yet from this partition. */
  isOpenTo({ host, port }: Broker, { topic, partition }: PartitionRef): boolean {
    const { broker } = this.#options
    const isThere = broker.host === host && broker.port === port
    return isThere && ![...this.#feeds].some(({ at }) => at.topic === topic && at.partition === partition)
  }

  add(feed: PartitionFeed): void {
    this.#feeds.add(feed)
    this.#unsettledAt = performance.now()
    if (!this.#isRunning) void this.#run()
  }

  remove(feed: PartitionFeed): void {
    this.#feeds.delete(feed)
    this.#wake()
    if (this.#feeds.size > 0) return
    // Ends the request under way, too.
    void this.#disconnect()
    this.#options.onIdle()
  }

  /** A feed wants to be read for again. */
  wake(): void {
    this.#unsettledAt = performance.now()
    this.#wake()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#feeds.size > 0) {
      const wanting = this.#inOrder()
      if (wanting.length > 0) await this.#read(wanting)
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    this.#isRunning = false
    // It may have been connecting when the last feed left.
    await this.#disconnect()
  }

  /** A broker fills its answer in the order of the request: each comes first in turn, and first of all one that got nothing. */
  #inOrder(): readonly PartitionFeed[] {
    const wanting = [...this.#feeds].filter((feed) => feed.isWanting)
    const first = this.#rounds++ % Math.max(1, wanting.length)
    const inTurn = [...wanting.slice(first), ...wanting.slice(0, first)]
    return [...inTurn.filter((feed) => feed.isHungry), ...inTurn.filter((feed) => !feed.isHungry)]
  }

  async #read(wanting: readonly PartitionFeed[]): Promise<void> {
    const asked = wanting.map((feed) => ({ feed, wanted: feed.wanted }))
    let answers: readonly FetchAnswer[]
    try {
      answers = await this.#ask(asked)
    } catch (cause) {
      this.#failAll(cause)
      return
    }
    for (const [i, answer] of answers.entries()) {
      const { feed, wanted } = asked[i]!
      if (answer.errorCode !== 0 && answer.errorCode !== offsetOutOfRange)
        this.#fail(feed, new Error(`error ${answer.errorCode} of the Kafka protocol`))
      else if (answer.errorCode === 0 && answer.batches.length === 0) feed.giveNothing(answer, wanted)
      else await feed.give(answer, wanted)
      // Whatever else this process does goes on between two large pages.
      if (answer.batches.length > pageBytes / 4) await turn()
    }
  }

  async #ask(asked: readonly { feed: PartitionFeed; wanted: PartitionFeed['wanted'] }[]) {
    const { cluster, broker } = this.#options
    const isUnsettled = performance.now() - this.#unsettledAt < unsettledForMs
    this.#connection ??= await cluster.connect(broker)
    return fetchPartitions(this.#connection, {
      partitions: asked.map(({ feed: { at }, wanted: { offset } }) => ({
        topic: cluster.nameOf(at.topic),
        partition: at.partition,
        offset,
        maxBytes: pageBytes,
      })),
      maxWaitMs: isUnsettled ? unsettledWaitMs : waitMs,
      maxBytes: answerBytes,
    })
  }

  #failAll(cause: unknown): void {
    void this.#disconnect()
    for (const feed of this.#feeds) this.#fail(feed, cause)
  }

  #fail(feed: PartitionFeed, cause: unknown): void {
    const { cluster, onLost } = this.#options
    const what = `${cluster.nameOf(feed.at.topic)} partition ${feed.at.partition}`
    onLost(feed)
    feed.fail(logUnavailable(what, cluster.options.brokers, cause))
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close().catch(() => undefined)
  }
}
