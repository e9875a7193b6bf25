import type { EventRecord } from '@magasin/contracts/event-record'
import type { MagasinError } from '@magasin/contracts/magasin-error'

/** One partition from a seq to another. */
export interface ReadRequest {
  readonly partition: number
  /**
   * Begins after this seq; 0, the default, is the beginning. `floor` begins at the first event that is still there: the result is no
   * complete history, and a caller that asks for it says so.
   */
  readonly after?: number | 'floor'
  /** Ends with this seq; by default with the partition's end as it was when the snapshot was taken. */
  readonly upTo?: number
  /**
   * The most records of a page, for a reader that holds pages of many partitions at once. A log that reads by bytes gives what it read.
   */
  readonly pageSize?: number
}

/** A topic as it is at one moment: what is recorded later is not part of it. */
export interface TopicSnapshot {
  readonly topic: string
  /** Identity of the log; null while the log is empty and cannot tell. */
  readonly logId: string | null
  readonly partitions: readonly number[]
  /** The most records that there are to read: a log may hold repeats. */
  readonly total: number
  /** Pages of records, in order. Throws LOG_GAP if the next seq is missing, naming topic, partition and seq. */
  read(request: ReadRequest): AsyncIterable<readonly EventRecord[]>
}

export interface PartitionRef {
  readonly topic: string
  readonly partition: number
}

/** Where an event stands. */
export interface EventPlace extends PartitionRef {
  readonly seq: number
}

/** The last event whose effect a subscriber has, and of which log. */
export interface Position {
  readonly logId: string
  /** 0: none. */
  readonly seq: number
  /** The id of that event; null: none. A log that has another event at `seq` is not the one that the subscriber read. */
  readonly eventId: string | null
}

/** The positions of a group in one topic, by partition; nothing for a partition where it has never been. */
export type Positions = ReadonlyMap<number, Position>

/** A position, and of which partition it is. */
export type PlacedPosition = PartitionRef & Position

export interface SubscribeRequest {
  /** One subscription, one membership of the group, any number of topics. */
  readonly topics: readonly string[]
  /** A group subscribes once in a process: all its topics in one subscription. */
  readonly group: string
  /** Asked when the subscription begins with partitions of a topic, and again for a partition whose delivery was rejected. */
  readonly positionsOf: (topic: string) => Promise<Positions>
  /**
   * Takes the next records of one partition, with no gap before or in them. One call at a time for each partition.
   * If it rejects, the log asks for the position again, and delivers from there.
   */
  readonly deliver: (records: readonly EventRecord[], signal: AbortSignal) => Promise<void>
  /**
   * Told once when a partition cannot go on until somebody acts (LOG_GAP, LOG_FOREIGN, LOG_DIVERGED, POSITION_AHEAD, LOG_DAMAGED,
   * PARTITION_UNASSIGNED). Nothing of it is delivered until then; the log looks again from time to time.
   */
  readonly onAlarm: (alarm: MagasinError, at: PartitionRef) => void
  /**
   * Told of every fault that makes a partition start over from its position: a read or a delivery that failed.
   * `null`: the subscription as a whole, which tries again.
   */
  readonly onFault: (fault: unknown, at: PartitionRef | null) => void
  /** Told when what had a fault can be read again. */
  readonly onRecovery: (at: PartitionRef | null) => void
  /** Told whenever they change: the partitions that this member reads from now on (in one process, all of them). */
  readonly onAssigned?: (partitions: readonly PartitionRef[]) => void
}

export interface LogSubscription {
  /** How far it is, as it knows without asking the log: the partitions that it reads now. */
  describe(): GroupDescription
  /** Takes no further records, and resolves when the deliveries under way are done. Idempotent. */
  stop(): Promise<void>
}

export interface PartitionDescription {
  readonly partition: number
  /** The first seq that is missing before the end; null if none is. */
  readonly gapAt: number | null
  /** Records that are not of our making; readers pass over them. */
  readonly unrecognised: number
  /** The first seq that can still be read; end + 1 if there is none. */
  readonly floor: number
  /** The last seq; 0 if nothing was ever recorded. */
  readonly end: number
}

/** How far a group is in a partition. */
export interface GroupPartitionDescription extends PartitionRef {
  /** The last event that was delivered; 0: none. */
  readonly seq: number
  readonly lag: number
  /** The missing event at which the group waits. */
  readonly gapAt: number | null
}

/** A group that reads this log, as far as the log knows of it. */
export interface GroupDescription {
  readonly group: string
  readonly partitions: readonly GroupPartitionDescription[]
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
 * - a reader of a partition gets 1, 2, 3 … and nothing else: it passes over repeats, and never steps over a gap;
 * - what was acknowledged to a writer is read, after any crash;
 * - `snapshot`, what is read of it, and `describe` leave no trace: they join no group and move nobody's position;
 * - a subscription delivers every record of its topics at least once, in the order of its partition, from the subscriber's position;
 * - between partitions and topics there is no order of delivery;
 * - a partition that cannot go on does not stop the others;
 * - a position that is not one of this log is noticed: at the start, or where the partition's record at that position is seen.
 * An adapter may not assume that it is told of new events: it looks by itself, too.
 */
export interface EventLog {
  /** Fixes where every partition of a topic ends now, so that it can be read to there. */
  snapshot(topic: string): Promise<TopicSnapshot>
  /**
   * As `snapshot`, of several topics, in the order asked for. A log that is one event table fixes all of them at one moment: no command
   * is in it in part. On brokers, and in several logs, each topic ends at its own moment.
   */
  snapshots(topics: readonly string[]): Promise<readonly TopicSnapshot[]>
  /**
   * Resolves within some seconds, also while the log cannot be reached: the subscription then waits for it and says so by `onFault`.
   * Rejects with LOG_FOREIGN, LOG_DIVERGED or POSITION_AHEAD if a position of the subscriber is found not to be one of this log;
   * found later, the same is told by `onAlarm`. Rejects with CONFIG_INVALID if the group already subscribes in this process.
   */
  subscribe(request: SubscribeRequest): Promise<LogSubscription>
  /** The exact state of a topic, for an operator: it may take as long as reading all of it. */
  describe(topic: string): Promise<TopicDescription>
  /** Rejects unless the log can be read now. */
  check(): Promise<void>
  /** Stops every subscription. What the log reads from stays open: it is the caller's. */
  close(): Promise<void>
}
