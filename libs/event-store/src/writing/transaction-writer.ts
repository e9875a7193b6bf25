import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { GroupWriter } from '../commands/command-queue.ts'
import type { RecordedEnds } from '@magasin/event-log/recorded-ends'
import type { PendingCommand } from '../commands/pending-command.ts'
import { commitOnce } from './commit-once.ts'
import { ClaimsInVain, type GroupEnvironment } from './decide-and-write.ts'
import { StateChanged } from './state-statements.ts'

export interface TransactionWriterOptions extends GroupEnvironment {
  /** Told of each commit that recorded events, once it is durable, with the last of them in each partition. */
  readonly onCommit: (ends: RecordedEnds) => void
}

// A command that meets a unique key of another process reads anew, and then knows. Twice is what a race takes; one that chooses
// another value each time may lose some more. After that nobody races: the command itself does not look.
const attemptsAlone = 5

/** Carries out groups of commands: all in one transaction if that can be, so that one that fails fails alone. */
export class TransactionWriter implements GroupWriter<PendingCommand> {
  readonly #environment: TransactionWriterOptions

  constructor(environment: TransactionWriterOptions) {
    this.#environment = environment
  }

  async write(group: readonly PendingCommand[]): Promise<readonly PendingCommand[]> {
    try {
      return await this.#attempt(group)
    } catch (failure) {
      if (failure instanceof ClaimsInVain) return this.#withoutThose(failure, group)
      // Anything else is somebody's: each goes alone, so that only that one fails.
      if (concernsAll(failure)) for (const pending of group) pending.settle({ failure })
      else for (const pending of group) await this.#attemptAlone(pending)
      return []
    }
  }

  /** Resolves with the commands that were left for the next group. */
  async #attempt(group: readonly PendingCommand[]): Promise<readonly PendingCommand[]> {
    const environment = this.#environment
    await environment.ids.reserve(group.flatMap(({ command, newId }) => (newId === undefined && command.newId) || []))
    const { settled, ends } = await commitOnce(group, environment)
    for (const [i, outcome] of settled.entries()) group[i]!.settle(outcome)
    if (ends.size > 0) environment.onCommit(ends)
    return group.slice(settled.length)
  }

  async #withoutThose(
    { commands }: ClaimsInVain,
    group: readonly PendingCommand[],
  ): Promise<readonly PendingCommand[]> {
    const others = group.filter((pending) => !commands.has(pending))
    const left = others.length > 0 ? await this.write(others) : []
    for (const pending of commands.keys()) await this.#attemptAlone(pending)
    return left
  }

  async #attemptAlone(pending: PendingCommand): Promise<void> {
    for (let tries = 1; ; tries++)
      try {
        return void (await this.#attempt([pending]))
      } catch (failure) {
        if (failure instanceof ClaimsInVain) return pending.settle(failure.commands.get(pending)!)
        const isDuplicate = this.#environment.database.faultOf(failure) === 'duplicate'
        if (!isDuplicate || tries === attemptsAlone) return pending.settle({ failure })
      }
  }
}

/** The database itself cannot. Not if only what one command reads keeps changing. */
function concernsAll(failure: unknown): boolean {
  if (failure instanceof StateChanged) return false
  return isMagasinError(failure, 'STORE_UNAVAILABLE') || isMagasinError(failure, 'DATABASE_DAMAGED')
}
