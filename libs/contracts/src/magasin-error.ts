import { errorCodes, type ErrorCode } from './error-codes.ts'

/** Facts of an error, for logs and answers. Never a person's value: the name of the field instead. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/**
 * The one error of Magasin. `message` says what failed, with which value, and what to do;
 * `retryable` whether the same call may succeed later; `facts` what a program may want to read.
 */
export class MagasinError extends Error {
  override readonly name = 'MagasinError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; facts?: ErrorFacts } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.retryable = errorCodes[code].retryable
    this.facts = options.facts ?? {}
  }
}

/** Whether `error` is a MagasinError, of the given code where one is given. */
export function isMagasinError(error: unknown, code?: ErrorCode): error is MagasinError {
  return error instanceof MagasinError && (code === undefined || error.code === code)
}
