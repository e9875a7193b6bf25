import type { EventRecord } from '@magasin/contracts/event-record'
import type { RecordedEnds } from '@magasin/event-log/recorded-ends'
import type { Command, CommandContext, Executed } from './commands/command.ts'

/**
 * The port of the event store: commands in, events and state out. Guarantees, one per line:
 * - when `execute` resolves, the events, the state that follows from them and the remembered answer are durable, all of them;
 * - when it rejects, none of them is there, but for a refusal that is remembered under the command's key;
 * - the events of a partition are numbered 1, 2, 3 … in the order in which they become visible: nobody ever sees n + 1 before n;
 * - command numbers grow in that same order within every partition, and `(commandNo, commandIndex)` orders the whole history;
 * - a decision that records something saw the state with every command before it, and what it declared to read did not change until
 *   it was durable: rows that were there, rows that were not there, and the set of rows that have a value in a column;
 * - writers wait for each other only for the same rows and partitions, and, for the moment of writing, for the command counter;
 * - two stores on one database cannot deadlock;
 * - a command fails alone: others that share its transaction are not touched.
 * An adapter may not assume that it is the only writer.
 *
 * How what was read is held (docs/decisions/0013): a group reads its tables in the order of `stateTables`, of each the rows in the
 * order of their keys, and locks what it finds. Then it takes the counters, the command counter last, which every writer takes before
 * it writes and holds until it commits. Then it looks again for what was not there: if that has changed, it begins anew.
 */
export interface EventStore {
  /** Identity of the log that the events make: a UUID made with the store. */
  readonly logId: string
  /**
   * Carries a command out. Rejects with the refusal that `decide` threw (remembered under `context.once`);
   * IDEMPOTENCY_KEY_REUSED if the key was used for another content; EVENT_INVALID (its data, its stream, a unique value that is taken),
   * EVENT_TOO_LARGE, COMMAND_TOO_LARGE; DATA_MISSING if a table is missing;
   * OVERLOADED if too many commands wait; STORE_UNAVAILABLE if the database cannot; STOPPING once `close` was called.
   * If `context.signal` aborts before the command is begun, it is not carried out, and `execute` rejects with the signal's reason. A
   * command that was begun is finished, and its answer kept for its key.
   */
  execute<Answer>(command: Command<Answer>, context?: CommandContext): Promise<Executed<Answer>>
  /** The events of a stream, in order, after the given version. */
  readStream(stream: string, afterVersion?: number): Promise<readonly EventRecord[]>
  /**
   * Calls `listener` after each commit that recorded events, with the last of them in each partition: these are durable, and all before
   * them are. Returns how to stop that. Calls may be merged.
   */
  onCommit(listener: (ends: RecordedEnds) => void): () => void
  /**
   * Forgets the remembered answers whose day is over by the clock of the database, in small transactions with commands in between;
   * resolves with how many. The service calls it at its start, without waiting for it, and each hour. Stops at `close`.
   */
  forgetOldAnswers(): Promise<number>
  /** Takes no more commands, and resolves when those under way are done. The database stays open: it is the caller's. */
  close(): Promise<void>
}
