import { MagasinError } from '@magasin/contracts/magasin-error'
import { findErrorBy, UserError } from '@platformatic/kafka'

/** Whether an error of the client library is, or wraps, this error of the brokers. */
export function brokerErrorIs(error: unknown, apiId: string): boolean {
  return error instanceof Error && findErrorBy(error, 'apiId', apiId) != null
}

/** Whether the brokers do not know a topic: the library makes a wrong call of that. */
export function isUnknownTopic(error: unknown): boolean {
  return error instanceof UserError && error.message.startsWith('Unknown topic')
}

/** What callers are told when the brokers do not do what they were asked. */
export function logUnavailable(what: string, brokers: readonly string[], cause: unknown): MagasinError {
  return new MagasinError(
    'LOG_UNAVAILABLE',
    `Kafka at ${brokers.join(', ')} does not answer as it should (${what}${reasonOf(cause)}): look at the brokers, and at MAGASIN_LOG`,
    { cause },
  )
}

/** The innermost reason: the library wraps every try and every broker's answer in another error. */
function reasonOf(cause: unknown): string {
  let inner = cause
  for (;;) {
    const next =
      inner instanceof AggregateError
        ? (inner.errors.at(-1) as unknown)
        : inner instanceof Error
          ? inner.cause
          : undefined
    if (next === undefined) break
    inner = next
  }
  return inner instanceof Error ? `: ${inner.message}` : ''
}
