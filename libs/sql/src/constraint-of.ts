/**
 * The name of what a duplicate breaks, as the engine calls it: an index on MySQL, columns (`people.contact`) on SQLite. Never the value,
 * which MySQL's message holds, too. Undefined for an error that is no duplicate.
 */
export function constraintOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const found =
    /^UNIQUE constraint failed: (?<name>[\w., ]+)$/.exec(error.message) ??
    /^Duplicate entry .* for key '(?<name>[^']+)'$/s.exec(error.message)
  return found?.groups?.['name']
}
