import { recordOf } from '@magasin/contracts/event-tables'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { CommandContext, Executed } from './command.ts'
import { commitGroup, type PendingCommand, type Settled } from './commit-group.ts'
import type { Engine } from './engine.ts'
import type { EventStore } from './event-store.ts'
import { fingerprint } from './fingerprint.ts'
import { GroupCommit } from './group-commit.ts'
import { IdBlocks } from './id-blocks.ts'
import type { StateTable } from './state-table.ts'
import type { EventStoreTables } from './tables.ts'

export interface EventStoreOptions<Tables extends EventStoreTables> {
  readonly database: SqlDatabase<Tables>
  readonly stateTables: readonly StateTable[]
  readonly now?: () => Date
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
export function createEventStore(
  options: EventStoreOptions<EventStoreTables> & {
    readonly engine: Engine
    readonly logId: string
    readonly secret: string
  },
): EventStore {
  const { database, engine, logId, secret, now = () => new Date() } = options
  const tables = new Map(options.stateTables.map((table) => [table.name, table]))
  const listeners = new Set<() => void>()
  const ids = new IdBlocks(database, engine)

  async function attempt(group: readonly Waiting[]): Promise<void> {
    const { settled, recorded } = await database.transaction((tx) =>
      commitGroup(tx, group, { engine, tables, logId, now }),
    )
    for (const [i, pending] of group.entries()) pending.settle(settled[i]!)
    if (recorded > 0) for (const listener of listeners) listener()
  }

  async function attemptOne(pending: Waiting): Promise<void> {
    for (let tries = 1; ; tries++)
      try {
        return await attempt([pending])
      } catch (failure) {
        if (database.faultOf(failure) !== 'duplicate' || tries === attemptsAlone) return pending.settle({ failure })
      }
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    try {
      await attempt(group)
    } catch (failure) {
      const shared = failure instanceof MagasinError
      if (shared) for (const pending of group) pending.settle({ failure })
      // Something in the group does not go through: each alone, so that only that fails.
      else for (const pending of group) await attemptOne(pending)
    }
  }

  const line = new GroupCommit<Waiting>({ commit, maxGroup, maxWaiting })
  return {
    logId,
    async execute<Answer>(command: Parameters<EventStore['execute']>[0], context: CommandContext = {}) {
      const settled = await new Promise<Settled>((settle) => line.add({ command, context, eventIds: [], settle }))
      if ('failure' in settled) throw settled.failure
      if ('refusal' in settled) throw settled.refusal
      return { answer: settled.answer, repeated: settled.repeated } as Executed<Answer>
    },
    nextId: (entity) => ids.next(entity),
    fingerprint: (content) => fingerprint(secret, content),
    async readStream(stream, afterVersion = 0) {
      const query = database.reader.selectFrom('events').selectAll().where('stream', '=', stream)
      const rows = await query.where('stream_version', '>', afterVersion).orderBy('stream_version').execute()
      return rows.map((row) => recordOf(logId, row))
    },
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    forgetOldAnswers: () =>
      database.transaction(async (tx) => {
        const old = tx.deleteFrom('remembered_answers').where('forget_at', '<', now().getTime())
        return Number((await old.executeTakeFirst()).numDeletedRows)
      }),
    close: () => line.close(),
  }
}
