import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventRecord } from '@magasin/contracts/event-record'
import { recordOf } from '@magasin/event-log/event-table'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Command, CommandContext, Executed } from './command.ts'
import { commitGroup, type GroupEnvironment, type PendingCommand, type Settled } from './commit-group.ts'
import { commitForCertain } from './commit-for-certain.ts'
import type { Engine } from './engine.ts'
import type { EventStore } from './event-store.ts'
import { fingerprint } from './fingerprint.ts'
import { GroupCommit } from './group-commit.ts'
import { IdBlocks } from './id-blocks.ts'
import type { StateTable } from './state-table.ts'
import type { EventStoreTables } from './tables.ts'

export interface EventStoreOptions<Tables extends EventStoreTables> {
  readonly catalogue: Catalogue
  /** The service whose store it is: it records the events of the topics that this service owns. */
  readonly owner: string
  readonly database: SqlDatabase<Tables>
  readonly stateTables: readonly StateTable[]
  readonly now?: () => Date
}

interface SqlEventStoreOptions extends EventStoreOptions<EventStoreTables> {
  readonly engine: Engine
  readonly logId: string
  /** The key of the fingerprints. */
  readonly secret: string
}

interface Waiting extends PendingCommand {
  readonly settle: (settled: Settled) => void
}

// A group larger than this gains nothing more (the flush is already shared by all) and makes its first command wait for its last.
const maxGroup = 256
// At some thousand commands a second this is the last second's worth: who comes later is told to try again.
const maxWaiting = 5_000
// A command that meets a unique key of another process reads anew; twice is what a race takes, more is a fault.
const attemptsAlone = 3

/** The event store over an engine whose database is migrated and has its identity: what both adapters share. */
export class SqlEventStore implements EventStore {
  readonly logId: string
  readonly #database: SqlDatabase<EventStoreTables>
  readonly #environment: GroupEnvironment
  readonly #secret: string
  readonly #listeners = new Set<() => void>()
  readonly #ids: IdBlocks
  readonly #line = new GroupCommit<Waiting>({ commit: (group) => this.#commit(group), maxGroup, maxWaiting })

  constructor(options: SqlEventStoreOptions) {
    const { catalogue, database, engine, logId, secret, stateTables, now = () => new Date() } = options
    this.logId = logId
    this.#database = database
    this.#secret = secret
    const tables = new Map(stateTables.map((table) => [table.name, table]))
    this.#environment = { catalogue, engine, logId, now, tables }
    this.#ids = new IdBlocks(database, engine)
  }

  async execute<Answer>(command: Command<Answer>, context: CommandContext = {}): Promise<Executed<Answer>> {
    const settled = await new Promise<Settled>((settle) => this.#line.add({ command, context, eventIds: [], settle }))
    if ('failure' in settled) throw settled.failure
    if ('refusal' in settled) throw settled.refusal
    return { answer: settled.answer as Answer, repeated: settled.repeated }
  }

  nextId(entity: string): Promise<number> {
    return this.#ids.next(entity)
  }

  fingerprint(content: unknown): string {
    return fingerprint(this.#secret, content)
  }

  async readStream(stream: string, afterVersion = 0): Promise<readonly EventRecord[]> {
    const query = this.#database.reader.selectFrom('events').selectAll().where('stream', '=', stream)
    const rows = await query.where('stream_version', '>', afterVersion).orderBy('stream_version').execute()
    return rows.map((row) => recordOf(this.logId, row))
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  forgetOldAnswers(): Promise<number> {
    const now = this.#environment.now().getTime()
    return this.#database.transaction(async (tx) => {
      const old = tx.deleteFrom('remembered_answers').where('forget_at', '<', now)
      return Number((await old.executeTakeFirst()).numDeletedRows)
    })
  }

  close(): Promise<void> {
    return this.#line.close()
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#attempt(group)
    } catch (failure) {
      // The database itself cannot: that is everyone's failure. Anything else is somebody's: each goes alone, so that only that one fails.
      if (failure instanceof MagasinError) for (const pending of group) pending.settle({ failure })
      else for (const pending of group) await this.#attemptAlone(pending)
    }
  }

  async #attempt(group: readonly Waiting[]): Promise<void> {
    const { settled, eventIds } = await commitForCertain(this.#database, this.#environment.engine, (tx) =>
      commitGroup(tx, group, this.#environment),
    )
    for (const [i, pending] of group.entries()) pending.settle(settled[i]!)
    if (eventIds.length > 0) for (const listener of this.#listeners) listener()
  }

  async #attemptAlone(pending: Waiting): Promise<void> {
    for (let tries = 1; ; tries++)
      try {
        return await this.#attempt([pending])
      } catch (failure) {
        if (this.#database.faultOf(failure) !== 'duplicate') return pending.settle({ failure })
        if (tries === attemptsAlone) return pending.settle({ failure: stillDuplicate(failure) })
      }
  }
}

/** MySQL quotes the value, which may be a person's: that stays in the cause, which no log tells. */
function stillDuplicate(cause: unknown): MagasinError {
  return new MagasinError(
    'STORE_UNAVAILABLE',
    `a value that must be unique was taken at each of ${attemptsAlone} attempts: send the command again`,
    { cause },
  )
}
