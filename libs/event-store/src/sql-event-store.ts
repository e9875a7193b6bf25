import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventRecord } from '@magasin/contracts/event-record'
import { recordOf } from '@magasin/event-log/event-table'
import type { RecordedEnds } from '@magasin/event-log/recorded-ends'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Command, CommandContext, Executed, OnceOnly } from './commands/command.ts'
import { CommandQueue } from './commands/command-queue.ts'
import { fingerprint } from './commands/fingerprint.ts'
import { forgetAnswers } from './commands/forget-answers.ts'
import type { PendingCommand, Settled } from './commands/pending-command.ts'
import type { OnceKey } from './commands/remembered-answers.ts'
import type { EventStore } from './event-store.ts'
import { IdBlocks } from './ids/id-blocks.ts'
import type { StateTable } from './state-table.ts'
import type { StatementDialect } from './statement-dialect.ts'
import type { EventStoreTables } from './tables.ts'
import { TransactionWriter } from './writing/transaction-writer.ts'

export interface EventStoreOptions<Tables extends EventStoreTables> {
  readonly catalogue: Catalogue
  /** The service whose store it is: it records the events of the topics that this service owns. */
  readonly owner: string
  readonly database: SqlDatabase<Tables>
  /**
   * All that share a database name its tables in the same order: it is that in which they are locked. A table with a foreign key
   * comes after the one that it points to, and a command whose event puts such a row reads the row that it points to.
   */
  readonly stateTables: readonly StateTable[]
  readonly now?: () => Date
}

interface SqlEventStoreOptions extends EventStoreOptions<EventStoreTables> {
  readonly dialect: StatementDialect
  readonly logId: string
  /** The key of the fingerprints. */
  readonly secret: string
}

// A group larger than this gains nothing more (the flush is already shared by all) and makes its first command wait for its last.
const maxGroup = 256
// At some thousand commands a second this is the last second's worth: who comes later is told to try again.
const maxWaiting = 5_000

/** The event store over a database that is migrated and has its identity: what both adapters share. */
export class SqlEventStore implements EventStore {
  readonly logId: string
  readonly #database: SqlDatabase<EventStoreTables>
  readonly #dialect: StatementDialect
  readonly #secret: string
  readonly #listeners = new Set<(ends: RecordedEnds) => void>()
  readonly #line: CommandQueue<PendingCommand>
  readonly #closing = new AbortController()

  constructor(options: SqlEventStoreOptions) {
    const { catalogue, owner, database, dialect, logId, secret, stateTables: tables, now = () => new Date() } = options
    this.logId = logId
    this.#database = database
    this.#dialect = dialect
    this.#secret = secret
    const ids = new IdBlocks(database, dialect)
    const onCommit = (ends: RecordedEnds) => this.#tell(ends)
    const writer = new TransactionWriter({
      recorder: { catalogue, owner },
      database,
      dialect,
      ids,
      logId,
      now,
      onCommit,
      tables,
    })
    this.#line = new CommandQueue(writer, { maxGroup, maxWaiting })
  }

  async execute<Answer>(command: Command<Answer>, context: CommandContext = {}): Promise<Executed<Answer>> {
    const settled = await this.#settled(command, context)
    if ('failure' in settled) throw settled.failure
    if ('refusal' in settled) throw settled.refusal
    const { answer, repeated, recorded } = settled
    return { answer: answer as Answer, repeated, positions: recorded?.positions ?? [] }
  }

  async readStream(stream: string, afterVersion = 0): Promise<readonly EventRecord[]> {
    const query = this.#database.reader.selectFrom('events').selectAll().where('stream', '=', stream)
    const rows = await query.where('stream_version', '>', afterVersion).orderBy('stream_version').execute()
    return rows.map((row) => recordOf(this.logId, row))
  }

  onCommit(listener: (ends: RecordedEnds) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  forgetOldAnswers(): Promise<number> {
    return forgetAnswers(this.#database, this.#dialect, this.#closing.signal)
  }

  close(): Promise<void> {
    this.#closing.abort()
    return this.#line.close()
  }

  #settled(command: Command<unknown>, context: CommandContext): Promise<Settled> {
    const { signal } = context
    signal?.throwIfAborted()
    const once = context.once && this.#keyOf(context.once)
    const { promise, resolve: settle } = Promise.withResolvers<Settled>()
    const pending: PendingCommand = { command, context, once, eventIds: [], newId: undefined, settle }
    this.#line.add(pending)
    return signal === undefined ? promise : this.#unlessGivenUp(promise, pending, signal)
  }

  /** A listener that throws is a fault of the program, but none of the commands': they are committed. */
  #tell(ends: RecordedEnds): void {
    for (const listener of this.#listeners)
      try {
        listener(ends)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
  }

  async #unlessGivenUp(promise: Promise<Settled>, pending: PendingCommand, signal: AbortSignal): Promise<Settled> {
    const giveUp = () => this.#line.leave(pending) && pending.settle({ failure: signal.reason })
    signal.addEventListener('abort', giveUp)
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  #keyOf({ content, ...key }: OnceOnly): OnceKey {
    return { ...key, fingerprint: fingerprint(this.#secret, content) }
  }
}
