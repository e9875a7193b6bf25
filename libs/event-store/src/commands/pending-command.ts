import type { Command, CommandContext } from './command.ts'
import type { OnceKey, Recorded, RememberedOutcome } from './remembered-answers.ts'

/** What came of a command that waited. */
export type Settled =
  | (RememberedOutcome & { readonly repeated: boolean; readonly recorded?: Recorded })
  | { readonly failure: unknown }

/** A command in line. */
export interface PendingCommand {
  readonly command: Command<unknown>
  readonly context: CommandContext
  readonly once: OnceKey | undefined
  /** Made once and kept through every attempt, so that an attempt can be recognised. */
  readonly eventIds: string[]
  /** The id of the entity that the command makes, once it was given one; kept through every attempt. */
  newId: number | undefined
  readonly settle: (settled: Settled) => void
}
