import type { TestContext } from 'node:test'
import type { EventLog } from '../event-log.ts'

/** A log under examination, with 8 partitions in `member-events`, empty, freed at the end of the test. */
export interface EventLogCase {
  readonly adapter: string
  /** Whether the log knows where it ends without reading it, so that it misses an event behind which there is no other. */
  readonly knowsItsEnd: boolean
  open(t: TestContext): Promise<{
    readonly log: EventLog
    readonly logId: string
    /** Records so many events in a partition, each by a command of its own; resolves when they can be read. */
    append(partition: number, count: number): Promise<void>
    /** Makes a hole in a partition; the function that it resolves with mends it. */
    lose(partition: number, seq: number): Promise<() => Promise<void>>
  }>
}
