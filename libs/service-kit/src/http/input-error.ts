import { MagasinError } from '@magasin/contracts/magasin-error'

/** One rule that an input breaks: the field's name and the rule, never what the field held. */
export interface FieldError {
  readonly field: string
  readonly message: string
}

/** INPUT_INVALID with its fields. A service throws it for what a schema cannot say; the answer has the same shape either way. */
export class InputError extends MagasinError {
  readonly errors: readonly FieldError[]

  constructor(errors: readonly FieldError[]) {
    super(
      'INPUT_INVALID',
      `the input breaks a rule: ${errors.map(({ field, message }) => `${field} ${message}`).join('; ')}`,
    )
    this.errors = errors
  }
}
