import type { DomainEvent } from '@magasin/contracts/event-record'
import { isMagasinError, MagasinError } from '@magasin/contracts/magasin-error'
import { uuidv7 } from 'uuidv7'
import type { Given } from '../commands/command.ts'
import type { PendingCommand, Settled } from '../commands/pending-command.ts'
import type { Recorded, RememberedOutcome, RememberedAnswers } from '../commands/remembered-answers.ts'
import type { AskedRows } from './asked-rows.ts'
import type { Claims } from './claim-events.ts'
import { placeEvent, type Recorder, type UnnumberedRecord } from './number-events.ts'
import type { WorkingSet } from './working-set.ts'

// What one command may record: its transaction keeps every other writer out, for about 10 µs an event and 10 ms a megabyte.
const maxCommandEvents = 1_000
const maxCommandCharacters = 4_000_000
// A group that has as much as this decides nothing more, for the same reason: 256 commands with a dozen events each fit in.
const fullGroupEvents = 3_000
const fullGroupCharacters = 4_000_000

/** What a group is decided with. */
export interface Deciding {
  readonly recorder: Recorder
  readonly answers: RememberedAnswers
  readonly state: WorkingSet
  readonly claims: Claims
  readonly asked: ReadonlyMap<PendingCommand, AskedRows>
  readonly takeId: (entity: string) => number
  readonly now: () => Date
}

/** What was decided: how each of the first commands of a group is settled, and the events of those that recorded some. */
export interface DecidedGroup {
  readonly settled: readonly Settled[]
  readonly commands: readonly (readonly UnnumberedRecord[])[]
  /** Of each of these commands: what its answer and its remembered answer tell of its events. Empty until they are numbered. */
  readonly recorded: readonly Recorded[]
}

/**
 * Decides the commands of a group in their order, each on the state that those before it left. Nothing is written yet, so one that
 * fails fails alone. Stops if the group is full, or if a command would have to read more first: at least one is decided.
 */
export function decideGroup(group: readonly PendingCommand[], deciding: Deciding): DecidedGroup {
  const settled: Settled[] = []
  const commands: (readonly UnnumberedRecord[])[] = []
  const recorded: Recorded[] = []
  let events = 0
  let characters = 0
  for (const pending of group) {
    if (events >= fullGroupEvents || characters >= fullGroupCharacters) break
    const earlier = settledBefore(pending, deciding)
    if (earlier !== undefined) {
      settled.push(earlier)
      continue
    }
    const decided = decideOne(pending, deciding)
    if (decided === undefined) break
    settled.push(decided.settled)
    if (decided.records.length === 0) continue
    commands.push(decided.records)
    recorded.push(decided.recorded)
    events += decided.records.length
    characters += charactersOf(decided.records)
  }
  return { settled, commands, recorded }
}

function settledBefore(pending: PendingCommand, { answers, claims }: Deciding): Settled | undefined {
  const claim = claims.settled.get(pending)
  if (claim !== undefined) return claim
  const earlier = pending.once && answers.find(pending.once)
  if (earlier !== undefined) return { ...earlier, repeated: true }
  const { signal } = pending.context
  return signal?.aborted === true && !claims.claimed.has(pending) ? { failure: signal.reason } : undefined
}

interface Decided {
  readonly settled: Settled
  readonly records: readonly UnnumberedRecord[]
  readonly recorded: Recorded
}

/** Undefined if an event of a command before it changed which rows it has to read. */
function decideOne(pending: PendingCommand, deciding: Deciding): Decided | undefined {
  const { answers, state, asked } = deciding
  const at = deciding.now()
  const recorded: Recorded = { positions: [] }
  let records: readonly UnnumberedRecord[]
  let events: readonly DomainEvent[]
  let outcome: RememberedOutcome
  try {
    const rows = asked.get(pending)!
    if (rows.fault !== undefined) throw rows.fault.error
    if (!rows.isComplete()) return undefined
    const decision = pending.command.decide(state, givenTo(pending, at, deciding))
    events = decision.events
    records = recordsOf(pending, events, { recorder: deciding.recorder, time: at.toISOString() })
    outcome = { answer: decision.answer }
  } catch (error) {
    if (!isAnswer(error)) return { settled: { failure: error }, records: [], recorded }
    events = records = []
    outcome = { refusal: error }
  }
  // Outside any catch: an event that only half of the tables could project must fail the transaction, not the command alone.
  if (events.length > 0) state.apply(events, records[0]!.time)
  if (pending.once) answers.add(pending.once, outcome, recorded)
  return { settled: { ...outcome, repeated: false, recorded }, records, recorded }
}

/** Whether an error tells a caller something. Any other is a fault of ours: not remembered, so that it can be mended and sent again. */
function isAnswer(error: unknown): error is MagasinError {
  if (!isMagasinError(error) || error.kind.retryable) return false
  return error.kind.http !== null && error.kind.http.status < 500
}

function givenTo(pending: PendingCommand, now: Date, { takeId }: Deciding): Given {
  const { newId } = pending.command
  return newId === undefined ? withoutId(now) : { id: (pending.newId ??= takeId(newId)), now }
}

/** What a command is given that asks for no id. */
export function withoutId(now: Date): Given {
  return {
    get id(): number {
      throw new Error('the command asked for no id: it declares no newId')
    },
    now,
  }
}

function recordsOf(
  { context, eventIds }: PendingCommand,
  events: readonly DomainEvent[],
  { recorder, time }: { readonly recorder: Recorder; readonly time: string },
): readonly UnnumberedRecord[] {
  if (events.length > maxCommandEvents) throw tooLarge(`${events.length} events`, `${maxCommandEvents}`)
  const causedBy = context.cause?.eventId ?? null
  const traceparent = context.traceparent ?? null
  const records = events.map((event, commandIndex) =>
    placeEvent(recorder, event, {
      eventId: (eventIds[commandIndex] ??= uuidv7()),
      commandIndex,
      time,
      causedBy,
      traceparent,
    }),
  )
  const characters = charactersOf(records)
  if (characters > maxCommandCharacters) throw tooLarge(`${characters} characters of events`, `${maxCommandCharacters}`)
  return records
}

function charactersOf(records: readonly UnnumberedRecord[]): number {
  let characters = 0
  for (const { value } of records) characters += value.length
  return characters
}

function tooLarge(size: string, limit: string): MagasinError {
  return new MagasinError(
    'COMMAND_TOO_LARGE',
    `the command would record ${size}; at most ${limit} can be recorded at once: ask for less at a time`,
  )
}
