import type { ErrorKind } from './error-kinds.ts'
import { errors, type ErrorCode } from './errors.ts'

/** Facts of an error, for logs and answers. Never a person's value: the name of the field instead. */
export type ErrorFacts = Readonly<Record<string, Fact | readonly string[] | readonly Readonly<Record<string, Fact>>[]>>

type Fact = string | number | boolean | null

/**
 * The one error of Magasin, of a kind of the libraries (by its code) or of the application.
 * `message` says what failed, with which value, and what to do; `facts` what a program may want to read.
 */
export class MagasinError extends Error {
  override readonly name = 'MagasinError'
  readonly code: string
  readonly facts: ErrorFacts
  // Not enumerable: a log of the error would repeat the whole row.
  readonly #kind: ErrorKind

  constructor(
    code: ErrorCode | ErrorKind,
    message: string,
    options: { readonly cause?: unknown; readonly facts?: ErrorFacts } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.#kind = typeof code === 'string' ? errors[code] : code
    this.code = this.#kind.code
    this.facts = options.facts ?? {}
  }

  /** All that hangs on the code. */
  get kind(): ErrorKind {
    return this.#kind
  }
}

/** Whether `error` is a MagasinError, of the given kind if one is given. */
export function isMagasinError(error: unknown, code?: ErrorCode | ErrorKind): error is MagasinError {
  if (!(error instanceof MagasinError)) return false
  return code === undefined || error.code === (typeof code === 'string' ? code : code.code)
}

/** Whether trying again cannot mend it: an event that meets it is parked. Everything else is tried again for ever. */
export function isPermanent(error: unknown): error is MagasinError {
  return isMagasinError(error) && error.kind.parks
}

/** Whether an error is a reason not to start. A broker that is away is not: that is reported and retried. */
export function isRefusal(error: unknown): error is MagasinError {
  return isMagasinError(error) && error.kind.refusesStart
}
