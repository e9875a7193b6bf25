import type { EventRecord } from '@magasin/contracts/event-record'
import type { Command, CommandContext, Executed } from './command.ts'

/**
 * The port of the event store: commands in, events and state out. Guarantees, one per line:
 * - when `execute` resolves, the events, the state that follows from them and the remembered answer are durable, all of them;
 * - when it rejects, none of them is there, but for a refusal that is remembered under the command's key;
 * - the events of a partition are numbered 1, 2, 3 … in the order in which they become visible: nobody ever sees n + 1 before n;
 * - commit numbers grow in that same order within every partition;
 * - a decision sees the state with every command before it, and nobody changes the rows that it declared until it is durable;
 * - a command fails alone: others that share its transaction are not touched.
 * An adapter may not assume that it is the only writer.
 */
export interface EventStore {
  /** Identity of the log that the events make: a UUID made with the store. */
  readonly logId: string
  /**
   * Carries a command out. Rejects with the refusal that `decide` threw (remembered under `context.once`);
   * IDEMPOTENCY_KEY_REUSED when the key was used for another request; EVENT_INVALID, EVENT_TOO_LARGE;
   * OVERLOADED when too many commands wait; STORE_UNAVAILABLE when the database cannot; STOPPING once `close` was called.
   */
  execute<Answer>(command: Command<Answer>, context?: CommandContext): Promise<Executed<Answer>>
  /** A whole number that was never given before for this kind of entity; there are holes. */
  nextId(entity: string): Promise<number>
  /** A keyed hash (HMAC-SHA-256, hex) of a JSON value, the same for the same content whatever the order of its members. */
  fingerprint(content: unknown): string
  /** The events of a stream, in order, after the given version. */
  readStream(stream: string, afterVersion?: number): Promise<readonly EventRecord[]>
  /** Calls `listener` after every commit that recorded events; returns how to stop that. Calls may be merged. */
  onCommit(listener: () => void): () => void
  /** Forgets remembered answers whose day is over; resolves with how many. */
  forgetOldAnswers(): Promise<number>
  /** Takes no more commands, and resolves when those under way are done. The database stays open: it is the caller's. */
  close(): Promise<void>
}
