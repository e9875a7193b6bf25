import type { Catalogue } from '@magasin/contracts/catalogue'
import { MagasinError, type ErrorFacts } from '@magasin/contracts/magasin-error'
import type { Transaction } from 'kysely'
import { insertRows, selectByValues } from './bulk-statements.ts'
import type { OnceOnly } from './command.ts'
import type { EventStoreTables } from './tables.ts'

/** What came of a command: an answer, or a refusal. */
export type Outcome = { readonly answer: unknown } | { readonly refusal: MagasinError }

interface Remembered {
  readonly fingerprint: string
  readonly outcome: Outcome
}

const dayMs = 24 * 3_600_000

/**
 * The answers given under the idempotency keys of one group of commands (the Idempotency-Key HTTP header field, IETF httpapi draft).
 * They are written in the transaction of the events, so that an answer is remembered exactly when its command took effect;
 * of two that race, the later meets the unique key, rolls back and finds the answer of the first.
 */
export class RememberedAnswers {
  readonly #known: Map<string, Remembered>
  readonly #new: EventStoreTables['remembered_answers'][] = []

  private constructor(known: Map<string, Remembered>) {
    this.#known = known
  }

  static async load(
    tx: Transaction<EventStoreTables>,
    catalogue: Catalogue,
    keys: readonly OnceOnly[],
  ): Promise<RememberedAnswers> {
    if (keys.length === 0) return new RememberedAnswers(new Map())
    const rows = await selectByValues<EventStoreTables['remembered_answers']>(tx, {
      select: '*',
      table: 'remembered_answers',
      column: 'idempotency_key',
      values: [...new Set(keys.map(({ key }) => key))],
      then: '',
    })
    return new RememberedAnswers(
      new Map(
        rows.map((row) => [
          scopeOf({ ...row, key: row.idempotency_key }),
          { fingerprint: row.fingerprint, outcome: parseOutcome(catalogue, row.outcome) },
        ]),
      ),
    )
  }

  /** What came of this command when it was first sent, if it was; IDEMPOTENCY_KEY_REUSED when the key stood for another request. */
  find(once: OnceOnly): Outcome | undefined {
    const known = this.#known.get(scopeOf(once))
    if (known === undefined || known.fingerprint === once.fingerprint) return known?.outcome
    return {
      refusal: new MagasinError(
        'IDEMPOTENCY_KEY_REUSED',
        'this Idempotency-Key was used for another request: a new request needs a new key',
      ),
    }
  }

  add(once: OnceOnly, outcome: Outcome, now: Date): void {
    this.#known.set(scopeOf(once), { fingerprint: once.fingerprint, outcome })
    this.#new.push({
      caller: once.caller,
      route: once.route,
      idempotency_key: once.key,
      fingerprint: once.fingerprint,
      outcome: JSON.stringify(storedOutcome(outcome)),
      forget_at: once.keep === 'forever' ? null : now.getTime() + dayMs,
    })
  }

  async save(tx: Transaction<EventStoreTables>): Promise<void> {
    if (this.#new.length > 0) await insertRows(tx, 'remembered_answers', this.#new)
  }
}

type StoredOutcome =
  | { readonly answer: unknown }
  | { readonly refusal: { readonly code: string; readonly message: string; readonly facts: ErrorFacts } }

function storedOutcome(outcome: Outcome): StoredOutcome {
  if ('answer' in outcome) return outcome
  const { code, message, facts } = outcome.refusal
  return { refusal: { code, message, facts } }
}

function parseOutcome(catalogue: Catalogue, text: string): Outcome {
  const stored = JSON.parse(text) as StoredOutcome
  if ('answer' in stored) return stored
  const { code, message, facts } = stored.refusal
  return { refusal: new MagasinError(catalogue.errorKind(code), message, { facts }) }
}

function scopeOf({ caller, route, key }: Pick<OnceOnly, 'caller' | 'route' | 'key'>): string {
  return JSON.stringify([caller, route, key])
}
