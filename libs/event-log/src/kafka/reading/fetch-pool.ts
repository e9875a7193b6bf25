import type { Broker } from '@platformatic/kafka'
import type { PartitionRef } from '../../event-log.ts'
import { BrokerFetcher } from './broker-fetcher.ts'
import type { Cluster } from '../cluster.ts'
import { PartitionFeed, type Feeder } from './partition-feed.ts'

/**
 * Reads all partitions that this process follows, with one connection to each broker that leads some of them; with two if two
 * subscriptions follow one partition, since a request asks for a partition once.
 */
export class FetchPool implements Feeder {
  readonly #cluster: Cluster
  readonly #fetchers = new Set<BrokerFetcher>()
  readonly #fetcherOf = new Map<PartitionFeed, BrokerFetcher>()
  /** The leaders of each topic, as they were when somebody asked last. */
  readonly #leaders = new Map<string, Promise<readonly Broker[]>>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  open(at: PartitionRef): PartitionFeed {
    return new PartitionFeed(this.#cluster, at, this)
  }

  async attach(feed: PartitionFeed): Promise<void> {
    const { topic, partition } = feed.at
    const broker = (await this.#leadersOf(topic))[partition]!
    const fetcher = [...this.#fetchers].find((one) => one.isOpenTo(broker, feed.at)) ?? this.#openFetcher(broker)
    this.#fetcherOf.set(feed, fetcher)
    fetcher.add(feed)
  }

  detach(feed: PartitionFeed): void {
    const fetcher = this.#fetcherOf.get(feed)
    this.#fetcherOf.delete(feed)
    fetcher?.remove(feed)
  }

  wake(feed: PartitionFeed): void {
    this.#fetcherOf.get(feed)?.wake()
  }

  #leadersOf(topic: string): Promise<readonly Broker[]> {
    const known = this.#leaders.get(topic)
    if (known !== undefined) return known
    const asked = this.#cluster.leadersOf(topic)
    this.#leaders.set(topic, asked)
    // One that fails is asked for again.
    asked.catch(() => this.#leaders.delete(topic))
    return asked
  }

  #openFetcher(broker: Broker): BrokerFetcher {
    const fetcher = new BrokerFetcher({
      cluster: this.#cluster,
      broker,
      onLost: (feed) => this.#leaders.delete(feed.at.topic),
      onIdle: () => this.#fetchers.delete(fetcher),
    })
    this.#fetchers.add(fetcher)
    return fetcher
  }
}
