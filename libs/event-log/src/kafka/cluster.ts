import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { isMagasinError, MagasinError } from '@magasin/contracts/magasin-error'
import type { TopicDefinition } from '@magasin/contracts/define-family'
import { Admin, Connection, ListOffsetTimestamps, type Broker, type ClusterMetadata } from '@platformatic/kafka'
import { topicSettings } from './topic-settings.ts'
import { brokerErrorIs, isUnknownTopic, logUnavailable } from './kafka-faults.ts'

export interface KafkaOptions {
  /** `host:port` of brokers to begin with; the others are found through them. */
  readonly brokers: readonly string[]
  /** Names this process in the brokers' logs. */
  readonly clientId: string
  /** The topics of the application, by name. */
  readonly topics: ReadonlyMap<string, TopicDefinition>
  /** Stands before each topic's name on the broker. */
  readonly prefix?: string
  /** Broker names of single topics, if they differ otherwise. */
  readonly names?: Readonly<Record<string, string>>
}

/** Where a partition's records lie on the broker. */
export interface Offsets {
  /** The first that is still there. */
  readonly start: number
  /** The one that the next record will get. */
  readonly end: number
}

/** An answer that takes longer is none: the caller tries again, or says that Kafka is down. */
export const requestTimeoutMs = 10_000
const connectTimeoutMs = 3_000
const creationTimeoutMs = 10_000
const creationPollMs = 50

/** Settings that every client of the library gets: it fails at once, and whoever called it decides about trying again. */
export function clientOptions({ brokers, clientId }: Pick<KafkaOptions, 'brokers' | 'clientId'>) {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    retries: 0,
    connectTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    timeout: requestTimeoutMs,
  }
}

/** The brokers as this process knows them: which leads what, and where a partition begins and ends. */
export class Cluster {
  readonly #options: KafkaOptions
  readonly #admin: Admin

  constructor(options: KafkaOptions) {
    this.#options = options
    this.#admin = new Admin(clientOptions(options))
  }

  get options(): KafkaOptions {
    return this.#options
  }

  /** What a topic is called on the broker. */
  nameOf(topic: string): string {
    const { names, prefix = '' } = this.#options
    return names?.[topic] ?? `${prefix}${topic}`
  }

  /** The setting with which an operator gives a topic another name on the broker: a name of its own beats the prefix. */
  namedBy(topic: string): 'KAFKA_TOPIC' | 'MAGASIN_TOPIC_PREFIX' {
    return this.#options.names?.[topic] === undefined ? 'MAGASIN_TOPIC_PREFIX' : 'KAFKA_TOPIC'
  }

  /** How a topic is declared. Throws for one that the application does not declare. */
  definitionOf(topic: string): TopicDefinition {
    const definition = this.#options.topics.get(topic)
    if (definition === undefined) throw new Error(`no family declares a topic called ${topic}`)
    return definition
  }

  /** Runs a request to the brokers; a failure of theirs becomes LOG_UNAVAILABLE. */
  async ask<T>(what: string, request: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      return await request(this.#admin)
    } catch (cause) {
      throw logUnavailable(what, this.#options.brokers, cause)
    }
  }

  /** Whether the brokers can be reached. Rejects with LOG_UNAVAILABLE. */
  async check(): Promise<void> {
    await this.ask('the brokers', (admin) => admin.metadata({ topics: [], forceUpdate: true }))
  }

  /** How many partitions a topic has; 0 where it is not there. */
  async partitionsOf(topic: string): Promise<number> {
    return (await this.#metadata(topic))?.topics.get(this.nameOf(topic))?.partitionsCount ?? 0
  }

  /**
   * Makes a topic as `contracts` says it must be, unless it is there. Rejects with TOPIC_PARTITIONS_CHANGED where it is there with
   * another number of partitions: streams would lie in other partitions than the store thinks.
   */
  async prepare(topic: string): Promise<void> {
    const had = await this.partitionsOf(topic)
    if (had > 0) return this.#checkPartitions(topic, had)
    await this.#create(topic)
    await this.#untilLed(topic)
  }

  /** The present offsets of every partition of a topic. */
  async offsetsOf(topic: string): Promise<readonly Offsets[]> {
    const name = this.nameOf(topic)
    const list = async (timestamp: bigint): Promise<readonly number[]> => {
      const partitions = this.definitionOf(topic).partitions
      const wanted = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp }))
      const [listed] = await this.ask(`the offsets of ${name}`, (admin) =>
        admin.listOffsets({ topics: [{ name, partitions: wanted }] }),
      )
      const offsets = Array.from({ length: partitions }, () => 0)
      for (const { partitionIndex, offset } of listed?.partitions ?? []) offsets[partitionIndex] = Number(offset)
      return offsets
    }
    const starts = await list(ListOffsetTimestamps.EARLIEST)
    const ends = await list(ListOffsetTimestamps.LATEST)
    return starts.map((start, partition) => ({ start, end: ends[partition]! }))
  }

  /** Where a topic's partitions lie; a topic that is not there holds nothing. */
  async presentOffsetsOf(topic: string): Promise<readonly Offsets[]> {
    if ((await this.partitionsOf(topic)) > 0) return this.offsetsOf(topic)
    return Array.from({ length: this.definitionOf(topic).partitions }, () => ({ start: 0, end: 0 }))
  }

  /** The broker that leads each partition of a topic, one object for each broker. Rejects with LOG_UNAVAILABLE where one has none. */
  async leadersOf(topic: string): Promise<readonly Broker[]> {
    const metadata = await this.#metadata(topic)
    const name = this.nameOf(topic)
    return Array.from({ length: this.definitionOf(topic).partitions }, (_, partition) => {
      const leader = metadata?.topics.get(name)?.partitions[partition]?.leader
      const broker = leader === undefined ? undefined : metadata?.brokers.get(leader)
      if (broker === undefined)
        throw logUnavailable(`${name} partition ${partition} has no leader`, this.#options.brokers, undefined)
      return broker
    })
  }

  /** A connection of its own to a broker, for whoever waits on it for long. */
  async connect({ host, port }: Broker): Promise<Connection> {
    const connection = new Connection(this.#options.clientId, {
      connectTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
    })
    // What the socket says is said to the requests under way, too; without a listener it would end the process.
    connection.on('error', () => undefined)
    try {
      await connection.connect(host, port)
      return connection
    } catch (cause) {
      throw logUnavailable(`the broker ${host}:${port}`, this.#options.brokers, cause)
    }
  }

  async close(): Promise<void> {
    await this.#admin.close()
  }

  async #metadata(topic: string): Promise<ClusterMetadata | undefined> {
    try {
      return await this.#admin.metadata({ topics: [this.nameOf(topic)], forceUpdate: true })
    } catch (cause) {
      if (isUnknownTopic(cause)) return undefined
      throw logUnavailable(`the topic ${this.nameOf(topic)}`, this.#options.brokers, cause)
    }
  }

  async #create(topic: string): Promise<void> {
    const { partitions } = this.definitionOf(topic)
    const configs = Object.entries(topicSettings(this.definitionOf(topic))).map(([name, value]) => ({ name, value }))
    const name = this.nameOf(topic)
    try {
      // -1: as many replicas as the broker gives by default.
      await this.#admin.createTopics({ topics: [name], partitions, replicas: -1, configs })
    } catch (cause) {
      // Another process was first.
      if (!brokerErrorIs(cause, 'TOPIC_ALREADY_EXISTS'))
        throw logUnavailable(`the topic ${name} cannot be made`, this.#options.brokers, cause)
    }
  }

  /** A topic that was just made, by whomever, is not known everywhere and has no leaders yet: who writes or reads at once is refused. */
  async #untilLed(topic: string): Promise<void> {
    const deadline = performance.now() + creationTimeoutMs
    for (;;)
      try {
        const had = await this.partitionsOf(topic)
        if (had > 0) this.#checkPartitions(topic, had)
        return void (await this.offsetsOf(topic))
      } catch (error) {
        if (!isMagasinError(error, 'LOG_UNAVAILABLE') || performance.now() >= deadline) throw error
        await delay(creationPollMs)
      }
  }

  #checkPartitions(topic: string, had: number): void {
    const { partitions } = this.definitionOf(topic)
    if (had !== partitions)
      throw new MagasinError(
        'TOPIC_PARTITIONS_CHANGED',
        `the topic ${this.nameOf(topic)} has ${had} partitions on the broker and needs ${partitions}: give it another name (${this.namedBy(topic)}), or delete it and let it be made anew`,
      )
  }
}

/** A name for a client that is nobody else's. */
export const newClientId = (service: string): string => `magasin-${service}-${randomUUID().slice(0, 8)}`
