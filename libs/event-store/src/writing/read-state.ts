import type { Transaction } from 'kysely'
import type { Lookup } from '../commands/command.ts'
import type { Cell } from '../state-table.ts'
import type { StatementDialect } from '../statement-dialect.ts'
import type { HeldTable } from './held-table.ts'
import { runQuestions, type Question } from './run-questions.ts'
import { probeKeys, readByColumn, readByKey, StateChanged } from './state-statements.ts'
import type { WorkingSet } from './working-set.ts'

/** Somebody who asks for rows: again after every table, with what was read so far, or once. */
export interface Asking {
  /** The look-ups that were asked for and are not read yet. Never throws. */
  next(): readonly Lookup[]
  /** False if what is asked for depends on nothing that is read. */
  readonly asksAgain: boolean
}

/**
 * Reads what a group asks for, and holds it: table by table in their order, so that two groups cannot deadlock. `first` is a question
 * of another kind, sent with the first round trip, which is the only one if nobody asks again and nothing is found by a column.
 */
export async function readState(
  tx: Transaction<unknown>,
  group: { readonly state: WorkingSet; readonly asking: readonly Asking[]; readonly dialect: StatementDialect },
  first: Question,
): Promise<void> {
  const { state, asking, dialect } = group
  let unsent: readonly Question[] = [first]
  const send = async (questions: readonly Question[]) => {
    const together = [...unsent, ...questions]
    unsent = []
    await runQuestions(tx, together)
  }
  for (const wave of waves(state, asking))
    await readTables(
      wave.map(([held, lookups]) => askedOf(held, lookups)),
      dialect,
      send,
    )
  if (unsent.length > 0) await send([])
}

/** What is to be read next, by table and in their order; it must be read before the next wave is asked for. */
export function* waves(
  state: WorkingSet,
  asking: readonly Asking[],
): Generator<readonly (readonly [HeldTable, readonly Lookup[]])[], void, void> {
  for (;;) {
    const wanted = Map.groupBy(
      asking.flatMap((one) => one.next()),
      (lookup) => state.table(lookup.table),
    )
    const tables = state.tables.filter((held) => wanted.has(held))
    if (tables.length === 0) return
    // What is asked for later may stand before the second of these tables, and has to be locked before it.
    const now = asking.some(({ asksAgain }) => asksAgain) ? tables.slice(0, 1) : tables
    yield now.map((held) => [held, wanted.get(held)!] as const)
  }
}

/** What is asked of a table: keys, and values by column. */
interface Asked {
  readonly held: HeldTable
  readonly keys: Map<string, readonly Cell[]>
  readonly columns: ReadonlyMap<string, ReadonlySet<Cell>>
}

function askedOf(held: HeldTable, lookups: readonly Lookup[]): Asked {
  const keys = new Map<string, readonly Cell[]>()
  const columns = new Map<string, Set<Cell>>()
  for (const lookup of lookups) {
    const names = held.columnsOf(lookup)
    if (held.isKey(names)) addKey(keys, held.keyOf(lookup.where))
    else columns.set(names[0]!, (columns.get(names[0]!) ?? new Set()).add(lookup.where[names[0]!]!))
  }
  return { held, keys, columns }
}

const addKey = (keys: Map<string, readonly Cell[]>, key: readonly Cell[]) => keys.set(JSON.stringify(key), key)

async function readTables(
  asked: readonly Asked[],
  dialect: StatementDialect,
  send: (questions: readonly Question[]) => Promise<void>,
): Promise<void> {
  // A column says which keys to lock, so those wait for it, and with them the tables that come later. To see first which keys are
  // there spares a round trip if none is: what is not there is not locked.
  const isLookedUp = ({ columns }: Asked) => columns.size > 0
  const firstLookedUp = dialect.isSerial ? -1 : asked.findIndex(isLookedUp)
  const before = firstLookedUp === -1 ? asked : asked.slice(0, firstLookedUp)
  const after = firstLookedUp === -1 ? [] : asked.slice(firstLookedUp)
  await send([
    ...before.flatMap((one) => keyQuestions(one, dialect)),
    ...after.flatMap((one) => probeQuestions(one, dialect)),
    ...asked.flatMap((one) => columnQuestions(one, dialect)),
  ])
  const locks = after.flatMap((one) => keyQuestions(one, dialect))
  if (locks.length > 0) await send(locks)
  for (const { held } of dialect.isSerial ? [] : asked)
    if (!held.isHeldAsFound()) throw new StateChanged(held.table.name)
}

/** Leaves those of the keys that are there to be locked. */
function probeQuestions({ held, keys }: Asked, dialect: StatementDialect): readonly Question[] {
  if (keys.size === 0) return []
  const wanted = [...keys.values()]
  const question = probeKeys(held, wanted, dialect)
  const read: Question['read'] = (results) => {
    keys.clear()
    for (const row of question.read(results)) addKey(keys, held.keyOf(row))
    const absent = wanted.filter((key) => !keys.has(JSON.stringify(key)))
    held.readByKey(absent, [])
  }
  return [{ statements: question.statements, read }]
}

function columnQuestions({ held, keys, columns }: Asked, dialect: StatementDialect): readonly Question[] {
  return [...columns].map(([column, values]) => {
    const question = readByColumn(held, { column, values: [...values] }, dialect)
    const read: Question['read'] = (results) => {
      const found = question.read(results)
      if (!dialect.isSerial) for (const row of found) addKey(keys, held.keyOf(row))
    }
    return { statements: question.statements, read }
  })
}

function keyQuestions({ held, keys }: Asked, dialect: StatementDialect): readonly Question[] {
  return keys.size === 0 ? [] : [readByKey(held, [...keys.values()], dialect)]
}
