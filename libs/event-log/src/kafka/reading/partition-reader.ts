import type { Connection } from '@platformatic/kafka'
import type { PartitionRef } from '../../event-log.ts'
import type { Cluster } from '../cluster.ts'
import { fetchPartitions, type FetchAnswer } from '../protocol/fetch.ts'
import { logUnavailable } from '../kafka-faults.ts'
import { readBatches } from '../protocol/read-batches.ts'
import { createRecordDecoder } from '../record-codec.ts'
import type { FoundPage, FoundRecord, PageReader } from './page.ts'

// About five hundred events of ours, but never less than one batch of the relay's: larger, and memory grows with the partitions;
// smaller, and the turns around it begin to count.
export const pageBytes = 262_144
export const offsetOutOfRange = 1 // OFFSET_OUT_OF_RANGE, https://kafka.apache.org/protocol#protocol_error_codes

/** Makes pages of what a broker answers for a partition. Throws LOG_DAMAGED. */
export function createPageDecoder(cluster: Cluster, { topic, partition }: PartitionRef) {
  const decodeRecord = createRecordDecoder(topic, partition)
  return async (answer: FetchAnswer, offset: number): Promise<FoundPage> => {
    if (answer.errorCode === offsetOutOfRange) {
      const { start, end } = (await cluster.offsetsOf(topic))[partition]!
      return { start, end, found: [], next: start, isOutOfRange: true }
    }
    const found: FoundRecord[] = []
    const next = readBatches(answer.batches, offset, (raw) =>
      found.push({ offset: raw.offset, record: decodeRecord(raw) }),
    )
    return { start: answer.start, end: answer.end, found, next, isOutOfRange: false }
  }
}

/**
 * Reads one partition by offsets, on a connection of its own: whoever waits for something new holds up nobody else. It joins no group,
 * commits nothing, and verifies the checksum of every batch. Not for two at once.
 */
export class PartitionReader implements PageReader {
  readonly #cluster: Cluster
  readonly #topic: string
  readonly #partition: number
  readonly #decode: ReturnType<typeof createPageDecoder>
  #connection: Connection | undefined

  constructor(cluster: Cluster, topic: string, partition: number) {
    this.#cluster = cluster
    this.#topic = topic
    this.#partition = partition
    this.#decode = createPageDecoder(cluster, { topic, partition })
  }

  /** The records from an offset on, a quarter of a megabyte of them or one batch; waits up to `waitMs` where there is none. */
  async fetch(offset: number, { waitMs = 0 }: { readonly waitMs?: number } = {}): Promise<FoundPage> {
    return this.#decode(await this.#ask(offset, waitMs), offset)
  }

  /** Pages from an offset to another, the next being fetched while one is worked on; of that one memory holds the bytes only. */
  async *pages(from: number, to: number): AsyncGenerator<FoundPage> {
    let offset = from
    let asking = from < to ? this.#ask(offset, 0) : undefined
    while (asking !== undefined) {
      const page: FoundPage = await this.#decode(await asking, offset)
      // A broker that came back with less ends earlier than it did.
      const isMore: boolean = page.next < Math.min(to, page.end)
      offset = page.next
      asking = isMore ? this.#ask(offset, 0) : undefined
      // Whoever stops reading in the middle leaves one behind that nobody waits for.
      asking?.catch(() => undefined)
      yield page.next <= to ? page : { ...page, found: page.found.filter((one) => one.offset < to) }
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close().catch(() => undefined)
  }

  async #connect(): Promise<Connection> {
    const leaders = await this.#cluster.leadersOf(this.#topic)
    return this.#cluster.connect(leaders[this.#partition]!)
  }

  async #ask(offset: number, waitMs: number): Promise<FetchAnswer> {
    const name = this.#cluster.nameOf(this.#topic)
    const what = `${name} partition ${this.#partition}`
    try {
      this.#connection ??= await this.#connect()
      const one = { topic: name, partition: this.#partition, offset, maxBytes: pageBytes }
      const request = { partitions: [one], maxWaitMs: waitMs, maxBytes: pageBytes }
      const [answer] = await fetchPartitions(this.#connection, request)
      const { errorCode } = answer!
      if (errorCode === 0 || errorCode === offsetOutOfRange) return answer!
      throw new Error(`error ${errorCode} of the Kafka protocol`)
    } catch (cause) {
      // Whatever it was, the next try finds the leader anew.
      await this.close()
      throw logUnavailable(what, this.#cluster.options.brokers, cause)
    }
  }
}
