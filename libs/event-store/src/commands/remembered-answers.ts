import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventPlace } from '@magasin/event-log/event-log'
import { MagasinError, type ErrorFacts } from '@magasin/contracts/magasin-error'
import type { Statement } from '@magasin/sql/batch'
import type { StatementDialect } from '../statement-dialect.ts'
import type { EventStoreTables } from '../tables.ts'
import { byKeys, insertRows } from '../writing/bulk-statements.ts'
import { rowsOf, type Question } from '../writing/run-questions.ts'
import type { OnceOnly } from './command.ts'

/** What came of a command: an answer, or a refusal. */
export type RememberedOutcome = { readonly answer: unknown } | { readonly refusal: MagasinError }

/** The key of a command, with the hash of its content instead of that. */
export type OnceKey = Omit<OnceOnly, 'content'> & { readonly fingerprint: string }

/** Where the events of a command stand: told when they are numbered, which is after it was decided and before it is written. */
export interface Recorded {
  positions: readonly EventPlace[]
}

interface Remembered {
  readonly fingerprint: string
  readonly outcome: RememberedOutcome
  readonly recorded: Recorded
}

const dayMs = 24 * 3_600_000

/**
 * The answers given under the idempotency keys of one group of commands (the Idempotency-Key HTTP header field, IETF httpapi draft).
 * They are written in the transaction of the events, so that an answer is remembered exactly if its command took effect;
 * of two that race, the later meets the unique key, rolls back and finds the answer of the first.
 * Their age counts by the clock of the database: no process whose clock is wrong forgets them too early.
 */
export class RememberedAnswers {
  readonly #catalogue: Catalogue
  readonly #dialect: StatementDialect
  readonly #known = new Map<string, Remembered>()
  readonly #new: (Remembered & { readonly once: OnceKey })[] = []

  constructor(catalogue: Catalogue, dialect: StatementDialect) {
    this.#catalogue = catalogue
    this.#dialect = dialect
  }

  load(onces: readonly OnceKey[]): Question {
    const keys = [...new Set(onces.map(({ key }) => key))].map((key) => [key])
    const query = { verb: 'select *', from: 'remembered_answers', columns: ['idempotency_key'], keys }
    return {
      statements: byKeys(query, this.#dialect),
      read: (results) => {
        for (const row of rowsOf(results) as readonly Row[])
          this.#known.set(scopeOf({ ...row, key: row.idempotency_key }), {
            fingerprint: row.fingerprint,
            outcome: parseOutcome(this.#catalogue, row.outcome),
            recorded: { positions: parsePositions(row.positions) },
          })
      },
    }
  }

  /** What came of this command when it was first sent, if it was; IDEMPOTENCY_KEY_REUSED if the key stood for another content. */
  find(once: OnceKey): (RememberedOutcome & { readonly recorded?: Recorded }) | undefined {
    const known = this.#known.get(scopeOf(once))
    if (known === undefined) return undefined
    if (known.fingerprint === once.fingerprint) return { ...known.outcome, recorded: known.recorded }
    return {
      refusal: new MagasinError(
        'IDEMPOTENCY_KEY_REUSED',
        'this Idempotency-Key was used for another request: a new request needs a new key',
      ),
    }
  }

  add(once: OnceKey, outcome: RememberedOutcome, recorded: Recorded): void {
    const answer = { fingerprint: once.fingerprint, outcome, recorded }
    this.#known.set(scopeOf(once), answer)
    this.#new.push({ ...answer, once })
  }

  /** Whether there is nothing to save. */
  get isEmpty(): boolean {
    return this.#new.length === 0
  }

  /** Once the events of the group are numbered: with an answer it is remembered where they stand. */
  save(): readonly Statement[] {
    const { clockMs, maxValues } = this.#dialect
    const rows = this.#new.map(({ once, fingerprint, outcome, recorded }): Row => ({
      caller: once.caller,
      route: once.route,
      idempotency_key: once.key,
      fingerprint,
      outcome: JSON.stringify(storedOutcome(outcome)),
      forget_at: once.keep === 'forever' ? null : dayMs,
      positions: storedPositions(recorded.positions),
    }))
    return insertRows('remembered_answers', rows, { maxValues, cells: { forget_at: `${clockMs} + ?` } })
  }
}

type Row = EventStoreTables['remembered_answers']

type StoredOutcome =
  | { readonly answer: unknown }
  | { readonly refusal: { readonly code: string; readonly message: string; readonly facts: ErrorFacts } }

function storedOutcome(outcome: RememberedOutcome): StoredOutcome {
  if ('answer' in outcome) return outcome
  const { code, message, facts } = outcome.refusal
  return { refusal: { code, message, facts } }
}

function parseOutcome(catalogue: Catalogue, text: string): RememberedOutcome {
  const stored = JSON.parse(text) as StoredOutcome
  if ('answer' in stored) return stored
  const { code, message, facts } = stored.refusal
  return { refusal: new MagasinError(catalogue.errorKind(code), message, { facts }) }
}

function storedPositions(positions: readonly EventPlace[]): string | null {
  if (positions.length === 0) return null
  return JSON.stringify(positions.map(({ topic, partition, seq }) => [topic, partition, seq]))
}

function parsePositions(text: string | null): readonly EventPlace[] {
  const stored = JSON.parse(text ?? '[]') as readonly (readonly [string, number, number])[]
  return stored.map(([topic, partition, seq]) => ({ topic, partition, seq }))
}

function scopeOf({ caller, route, key }: Pick<OnceOnly, 'caller' | 'route' | 'key'>): string {
  return JSON.stringify([caller, route, key])
}
