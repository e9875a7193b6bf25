import type { TestContext } from 'node:test'
import type { EventLog, PartitionRef } from '../event-log.ts'

/** A log under examination, with 8 partitions in `member-events` and in `visit-events`, empty, freed at the end of the test. */
export interface EventLogCase {
  readonly adapter: string
  /** Whether the log knows where it ends without reading it, so that it misses an event that no other follows. */
  readonly knowsItsEnd: boolean
  open(t: TestContext): Promise<OpenedLog>
}

export interface OpenedLog {
  readonly log: EventLog
  readonly logId: string
  /** Records so many events in a partition, each by a command of its own; resolves when they can be read. */
  append(partition: number, count: number, topic?: string): Promise<void>
  /** Records events of one command, in `member-events` or another topic. */
  appendTogether(places: readonly PartitionRef[]): Promise<void>
  /** The id of an event in `member-events`. */
  idAt(partition: number, seq: number): Promise<string>
  /** Makes a gap in a partition of `member-events`; the function that it resolves with mends it. */
  lose(partition: number, seq: number): Promise<() => Promise<void>>
  /** Makes a partition of `member-events` as it is after its store was put back to the time when it ended with a seq. */
  putBack(partition: number, seq: number): Promise<void>
}
