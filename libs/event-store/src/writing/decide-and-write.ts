import { rowOf } from '@magasin/event-log/event-table'
import { endsOf, type RecordedEnds } from '@magasin/event-log/recorded-ends'
import { runTogether } from '@magasin/sql/batch'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Transaction } from 'kysely'
import type { PendingCommand, Settled } from '../commands/pending-command.ts'
import { RememberedAnswers } from '../commands/remembered-answers.ts'
import type { IdBlocks } from '../ids/id-blocks.ts'
import type { StateTable } from '../state-table.ts'
import type { StatementDialect } from '../statement-dialect.ts'
import type { EventStoreTables } from '../tables.ts'
import { AskedRows } from './asked-rows.ts'
import { insertRows } from './bulk-statements.ts'
import { claimEvents, type Claims } from './claim-events.ts'
import { decideGroup, type DecidedGroup } from './decide-group.ts'
import { explainDuplicate } from './explain-duplicate.ts'
import { numberEvents, type Recorder } from './number-events.ts'
import { readState } from './read-state.ts'
import { runQuestions } from './run-questions.ts'
import { lookAgain, writeState } from './state-statements.ts'
import { tellPositions } from './tell-positions.ts'
import { WorkingSet } from './working-set.ts'

/** What came of a group: of each of its first commands, in its place; the others were left. */
export interface GroupOutcome {
  readonly settled: readonly Settled[]
  readonly eventIds: readonly string[]
  /** The last of the events that were recorded, in each partition. */
  readonly ends: RecordedEnds
}

export interface GroupEnvironment {
  readonly recorder: Recorder
  readonly database: SqlDatabase<EventStoreTables>
  readonly dialect: StatementDialect
  /** In the order in which they are read and written. */
  readonly tables: readonly StateTable[]
  readonly ids: IdBlocks
  readonly logId: string
  readonly now: () => Date
}

/** Claims were made for commands that then were not carried out: only a rollback undoes those, and each of them goes alone. */
export class ClaimsInVain extends Error {
  readonly commands: ReadonlyMap<PendingCommand, Settled | undefined>

  constructor(commands: ReadonlyMap<PendingCommand, Settled | undefined>) {
    super('claims were made for commands that were not carried out')
    this.commands = commands
  }
}

/**
 * One transaction for a group of commands, in the order that keeps it free of deadlocks and gaps: the claims; remembered answers and
 * the rows that the decisions declared; the decisions; the counters, the command counter last; once more what was not there to be
 * locked; the writes. Whatever fails after the decisions fails the transaction: a counter that moved is never committed over an error.
 * Three round trips, and one more for each table that was read to know what else to read. Throws ClaimsInVain, StateChanged.
 */
export async function decideAndWrite(
  tx: Transaction<EventStoreTables>,
  group: readonly PendingCommand[],
  environment: GroupEnvironment,
): Promise<GroupOutcome> {
  const { database, dialect, logId } = environment
  const { decided, answers, state } = await readAndDecide(tx as unknown as Transaction<unknown>, group, environment)
  const { settled, commands } = decided
  if (commands.length === 0 && answers.isEmpty) return { settled, eventIds: [], ends: new Map() }
  const numbering = numberEvents(dialect, { logId, commands })
  const [records] = await runQuestions(tx, [numbering, ...lookAgain(state.tables, dialect)])
  tellPositions(decided, records)
  const writes = [
    ...answers.save(),
    ...writeState(state.tables, dialect),
    ...insertRows('events', records.map(rowOf), dialect),
  ]
  try {
    await runTogether(tx, writes)
  } catch (error) {
    throw database.faultOf(error) === 'duplicate' ? await explainDuplicate(tx, error, commands.flat()) : error
  }
  return {
    settled,
    eventIds: records.map(({ eventId }) => eventId),
    ends: endsOf(records),
  }
}

async function readAndDecide(
  tx: Transaction<unknown>,
  group: readonly PendingCommand[],
  environment: GroupEnvironment,
): Promise<{ readonly decided: DecidedGroup; readonly answers: RememberedAnswers; readonly state: WorkingSet }> {
  const { recorder, database, dialect, ids, now } = environment
  const isDatabaseFault = (error: unknown) => database.faultOf(error) !== 'other'
  const claims = await claimEvents(tx, group, isDatabaseFault)
  const answers = new RememberedAnswers(recorder.catalogue, dialect)
  const state = new WorkingSet(environment.tables)
  const isSettled = (pending: PendingCommand) =>
    claims.settled.has(pending) || (pending.once !== undefined && answers.find(pending.once) !== undefined)
  const asked = new Map(
    group.map((pending) => [pending, new AskedRows(pending.command, state, () => isSettled(pending))]),
  )
  const onces = group.flatMap(({ once }) => once ?? [])
  await readState(tx, { state, asking: [...asked.values()], dialect }, answers.load(onces))
  const takeId = (entity: string) => ids.take(entity)
  const decided = decideGroup(group, { recorder, answers, state, claims, asked, takeId, now })
  refuseClaimsInVain(group, decided, claims)
  return { decided, answers, state }
}

function refuseClaimsInVain(group: readonly PendingCommand[], { settled }: DecidedGroup, { claimed }: Claims): void {
  if (claimed.size === 0) return
  const inVain = new Map<PendingCommand, Settled | undefined>()
  for (const [i, pending] of group.entries()) {
    const outcome = settled[i]
    const isCarriedOut = outcome !== undefined && 'answer' in outcome
    if (claimed.has(pending) && !isCarriedOut) inVain.set(pending, outcome)
  }
  if (inVain.size > 0) throw new ClaimsInVain(inVain)
}
