import type { GroupDescription, LogSubscription, PartitionRef, Positions, SubscribeRequest } from '../event-log.ts'
import { PartitionFollower } from '../follow-partition.ts'
import type { EndWatcher } from './end-watcher.ts'
import type { EventTableReader } from './event-table-reader.ts'
import { TableSource } from './table-source.ts'

/** One group's reading of the event table: a follower for each partition of each topic. */
export class TableSubscription implements LogSubscription {
  readonly #request: SubscribeRequest
  readonly #followers: readonly PartitionFollower[]
  readonly #onStopped: () => void

  constructor(
    request: SubscribeRequest,
    from: {
      readonly table: EventTableReader
      readonly watcher: EndWatcher
      readonly partitions: readonly PartitionRef[]
      readonly positions: ReadonlyMap<string, Positions>
      readonly onStopped: () => void
    },
  ) {
    const { table, watcher, partitions, positions, onStopped } = from
    this.#request = request
    this.#onStopped = onStopped
    this.#followers = partitions.map((at) => {
      const source = new TableSource({ at, group: request.group, table, watcher })
      return new PartitionFollower({ at, request, source, positions: Promise.resolve(positions.get(at.topic)!) })
    })
  }

  describe(): GroupDescription {
    return { group: this.#request.group, partitions: this.#followers.map((follower) => follower.describe()) }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#followers.map((follower) => follower.stop()))
    this.#onStopped()
  }
}
