import { isMagasinError } from '@magasin/contracts/magasin-error'

/**
 * Tells a person why a process cannot go on, and what to do; never a stack.
 * The stack of an error that nobody expected is shown under `LOG_LEVEL=debug` (or trace). Ends with a newline.
 */
export function failureText(error: unknown, env: Readonly<Record<string, string | undefined>>): string {
  if (isMagasinError(error)) return `magasin: ${error.message}\n  ${error.code}: see docs/reference/errors.md\n`
  const asked = env['LOG_LEVEL'] === 'debug' || env['LOG_LEVEL'] === 'trace'
  if (!(error instanceof Error)) return 'magasin: unexpected failure: something that is no Error was thrown\n'
  if (asked) return `magasin: unexpected failure: ${error.stack ?? error.message}\n`
  const [firstLine] = error.message.split('\n', 1)
  return `magasin: unexpected failure: ${error.name}: ${firstLine}; LOG_LEVEL=debug shows where\n`
}
