import type { Catalogue } from '@magasin/contracts/catalogue'
import { rowOf } from '@magasin/event-log/event-table'
import { isMagasinError, type MagasinError } from '@magasin/contracts/magasin-error'
import type { Transaction } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { Command, CommandContext, Decision } from './command.ts'
import { insertRows } from './bulk-statements.ts'
import type { Engine } from './engine.ts'
import { numberEvents, placeEvent, type UnnumberedRecord } from './number-events.ts'
import { RememberedAnswers, type Outcome } from './remembered-answers.ts'
import type { StateTable } from './state-table.ts'
import type { EventStoreTables } from './tables.ts'
import { WorkingSet } from './working-set.ts'

/** What came of a command of a group. */
export type Settled = (Outcome & { readonly repeated: boolean }) | { readonly failure: unknown }

/** A command in line. Its event ids are made once and kept through every attempt, so that an attempt can be recognised. */
export interface PendingCommand {
  readonly command: Command<unknown>
  readonly context: CommandContext
  readonly eventIds: string[]
}

/** What came of a group: of each command in its place, and the ids of all its events. */
export interface GroupOutcome {
  readonly settled: readonly Settled[]
  readonly eventIds: readonly string[]
}

export interface GroupEnvironment {
  readonly catalogue: Catalogue
  readonly engine: Engine
  readonly tables: ReadonlyMap<string, StateTable>
  readonly logId: string
  readonly now: () => Date
}

/**
 * One transaction for a group of commands, in the order that keeps it free of deadlocks and gaps: remembered answers, then the
 * state rows that the decisions declared, then the decisions (nothing is written yet, so one that fails fails alone), then the
 * writes, the counters last. Whatever fails after that fails the transaction: a counter that moved is never committed over an error.
 */
export async function commitGroup(
  tx: Transaction<EventStoreTables>,
  group: readonly PendingCommand[],
  environment: GroupEnvironment,
): Promise<GroupOutcome> {
  const { catalogue, engine, tables, logId, now } = environment
  const keys = group.flatMap(({ context }) => context.once ?? [])
  const answers = await RememberedAnswers.load(tx, catalogue, keys)
  const refs = group.flatMap(({ command }) => command.reads)
  const state = await WorkingSet.load(tx, engine, { tables, refs })
  const commands: (readonly UnnumberedRecord[])[] = []
  const decided = group.map((pending) => settle(pending, { catalogue, answers, state, at: now(), commands }))
  await answers.save(tx)
  await state.save(tx, engine)
  if (commands.length === 0) return { settled: decided, eventIds: [] }
  const records = await numberEvents(tx, engine, { logId, commands })
  await insertRows(tx, 'events', records.map(rowOf))
  return { settled: decided, eventIds: records.map(({ eventId }) => eventId) }
}

interface Decisions {
  readonly catalogue: Catalogue
  readonly answers: RememberedAnswers
  readonly state: WorkingSet
  readonly at: Date
  readonly commands: (readonly UnnumberedRecord[])[]
}

function settle(pending: PendingCommand, decisions: Decisions): Settled {
  const { answers, state, at, commands } = decisions
  const { once } = pending.context
  const earlier = once && answers.find(once)
  if (earlier !== undefined) return { ...earlier, repeated: true }
  const decided = decide(pending, decisions)
  if ('failure' in decided) return decided
  if ('answer' in decided) {
    // Outside any catch: an event that only half of the tables could project must fail the transaction, not the command alone.
    for (const event of decided.events) state.apply(event)
    if (decided.placed.length > 0) commands.push(decided.placed)
  }
  const outcome = 'answer' in decided ? { answer: decided.answer } : decided
  if (once) answers.add(once, outcome, at)
  return { ...outcome, repeated: false }
}

type Decided =
  | (Decision<unknown> & { readonly placed: readonly UnnumberedRecord[] })
  | { readonly refusal: MagasinError }
  | { readonly failure: unknown }

function decide({ command, context, eventIds }: PendingCommand, { catalogue, state, at }: Decisions): Decided {
  try {
    const decision = command.decide(state)
    const placed = decision.events.map((event, i) =>
      placeEvent(catalogue, event, {
        eventId: (eventIds[i] ??= uuidv7()),
        commandIndex: i,
        time: at.toISOString(),
        causedBy: null,
        traceparent: context.traceparent ?? null,
      }),
    )
    return { ...decision, placed }
  } catch (error) {
    return isMagasinError(error) && !error.kind.retryable ? { refusal: error } : { failure: error }
  }
}
