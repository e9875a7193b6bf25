import type { EventRecord } from '@magasin/contracts/event-record'
import type { MagasinError } from '@magasin/contracts/magasin-error'

/** One partition from a seq to another. */
export interface ReadRequest {
  readonly partition: number
  /**
   * Begins behind this seq; 0, the default, is the beginning. `floor` begins at the first event that is still there: what comes of it
   * is no complete history, and whoever asks for it says so.
   */
  readonly after?: number | 'floor'
  /** Ends with this seq; by default with the partition's end as it was when the snapshot was taken. */
  readonly upTo?: number
}

/** A topic as it is at one moment: what is recorded later is not part of it. */
export interface TopicSnapshot {
  readonly topic: string
  /** Identity of the log; null where nothing that could tell was ever recorded. */
  readonly logId: string | null
  readonly partitions: readonly number[]
  /** The most records that there are to read: a log may hold repeats. */
  readonly total: number
  /** Pages of records, in order. Throws LOG_GAP where the next seq is not there, naming topic, partition and seq. */
  read(request: ReadRequest): AsyncIterable<readonly EventRecord[]>
}

/** How far a subscriber is in a partition: the seq of the last event whose effect it has, 0 for none, and of which log. */
export interface Position {
  readonly logId: string
  readonly seq: number
}

export interface SubscribeRequest {
  readonly topic: string
  readonly group: string
  /** Where the subscriber stands; undefined where it has never been. Asked at the start and after every rejected delivery. */
  readonly positionOf: (partition: number) => Promise<Position | undefined>
  /**
   * Takes the next records of one partition, without a hole before or in them. One call at a time for each partition.
   * Rejecting means: ask for the position again, and deliver from there.
   */
  readonly deliver: (records: readonly EventRecord[], signal: AbortSignal) => Promise<void>
  /** Told once when a partition cannot go on (LOG_GAP, LOG_FOREIGN), which it still tries from time to time. */
  readonly onAlarm: (alarm: MagasinError) => void
  /**
   * Told of every fault that makes a partition start over from its position: a read or a delivery that failed.
   * `null`: the subscription as a whole, which tries again.
   */
  readonly onFault: (fault: unknown, partition: number | null) => void
  /** Told when what had a fault can be read again. */
  readonly onRecovery: (partition: number | null) => void
}

export interface LogSubscription {
  /** How far it is, as it knows without asking the log: the partitions that it reads now. */
  describe(): GroupDescription
  /** Takes no further records, and resolves when the deliveries under way are done. Idempotent. */
  stop(): Promise<void>
}

export interface PartitionDescription {
  readonly partition: number
  /** The first seq that is missing before the end; null where none is. */
  readonly gapAt: number | null
  /** Records that are not of our making, and are passed over. */
  readonly foreign: number
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
  readonly topic: string
  /** As in `TopicSnapshot`. */
  readonly logId: string | null
  readonly partitions: readonly PartitionDescription[]
  readonly groups: readonly GroupDescription[]
}

/**
 * The port to the partitioned log. Guarantees, one per line:
 * - a reader of a partition gets 1, 2, 3 … and nothing else: repeats are passed over, a hole is never stepped over;
 * - what was acknowledged to a writer is read, after any crash;
 * - `snapshot`, what is read of it, and `describe` leave no trace: they join no group and move nobody's position;
 * - a subscription delivers every record at least once, in the order of its partition, from the position that the subscriber gives;
 * - a partition that cannot go on does not stop the others.
 * An adapter may not assume that it is told of new events: it looks by itself, too.
 */
export interface EventLog {
  /** Fixes where every partition of a topic ends now, so that it can be read to there. */
  snapshot(topic: string): Promise<TopicSnapshot>
  /** Rejects with LOG_FOREIGN or POSITION_AHEAD when the subscriber's position cannot be one of this log. */
  subscribe(request: SubscribeRequest): Promise<LogSubscription>
  /** The exact state of a topic, for an operator: it may take as long as reading all of it. */
  describe(topic: string): Promise<TopicDescription>
  /** Rejects unless the log can be read now. */
  check(): Promise<void>
  /** Stops every subscription. What the log reads from stays open: it is the caller's. */
  close(): Promise<void>
}
