import type { EventRecord } from '@magasin/contracts/event-record'
import type { MagasinError } from '@magasin/contracts/magasin-error'
import type { TopicName } from '@magasin/contracts/topics'

/** One partition from a seq to another. */
export interface ReadRequest {
  readonly topic: TopicName
  readonly partition: number
  /** Begins behind this seq; 0, the default, is the beginning. */
  readonly after?: number
  /** Ends with this seq; by default with the partition's end as it is when the read begins. */
  readonly upTo?: number
}

/** How far a subscriber is in a partition: the seq of the last event whose effect it has, 0 for none, and of which log. */
export interface Position {
  readonly logId: string
  readonly seq: number
}

export interface SubscribeRequest {
  readonly topic: TopicName
  readonly group: string
  /** Where the subscriber stands. Asked at the start and after every rejected delivery; `logId` is this log's. */
  readonly positionOf: (partition: number, logId: string) => Promise<Position>
  /**
   * Takes the next records of one partition, without a hole before or in them. One call at a time for each partition.
   * Rejecting means: ask for the position again, and deliver from there.
   */
  readonly deliver: (records: readonly EventRecord[], signal: AbortSignal) => Promise<void>
  /** Told once when a partition cannot go on (LOG_GAP), which it still tries from time to time. */
  readonly onAlarm: (alarm: MagasinError) => void
  /** Told of every fault that makes a partition start over from its position: a read or a delivery that failed. */
  readonly onFault: (fault: unknown, partition: number) => void
}

export interface LogSubscription {
  /** Takes no further records, and resolves when the deliveries under way are done. Idempotent. */
  stop(): Promise<void>
}

export interface PartitionDescription {
  readonly partition: number
  /** The first seq that can still be read; end + 1 where there is none. */
  readonly floor: number
  /** The last seq; 0 where nothing was ever recorded. */
  readonly end: number
}

/** A group that reads this log, as far as the log knows of it. */
export interface GroupDescription {
  readonly group: string
  readonly partitions: readonly {
    readonly partition: number
    readonly position: number
    readonly lag: number
    readonly gapAt: number | null
  }[]
}

export interface TopicDescription {
  readonly topic: TopicName
  readonly logId: string
  readonly partitions: readonly PartitionDescription[]
  readonly groups: readonly GroupDescription[]
}

/**
 * The port to the partitioned log. Guarantees, one per line:
 * - a reader of a partition gets 1, 2, 3 … and nothing else: repeats are passed over, a hole is never stepped over;
 * - what was acknowledged to a writer is read, after any crash;
 * - `read` and `describe` leave no trace: they join no group and move nobody's position;
 * - a subscription delivers every record at least once, in the order of its partition, from the position that the subscriber gives;
 * - a partition that cannot go on does not stop the others.
 * An adapter may not assume that it is told of new events: it looks by itself, too.
 */
export interface EventLog {
  /** Pages of records, in order. Throws LOG_GAP where the next seq is not there, naming topic, partition and seq. */
  read(request: ReadRequest): AsyncIterable<readonly EventRecord[]>
  /** Rejects with LOG_FOREIGN or POSITION_AHEAD when the subscriber's position cannot be one of this log. */
  subscribe(request: SubscribeRequest): Promise<LogSubscription>
  describe(topic: TopicName): Promise<TopicDescription>
  /** Stops every subscription. What the log reads from stays open: it is the caller's. */
  close(): Promise<void>
}
