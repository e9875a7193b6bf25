import type { PartWithDatabase } from '../part.ts'

/** The part of a service of the tests. */
export function testPart(
  name: string,
  holds: Partial<PartWithDatabase['holds']>,
  follows: readonly string[] = [],
): PartWithDatabase {
  return {
    name,
    title: name,
    database: name,
    databaseTitle: `database of ${name}`,
    ifMissing: `${name} has no database yet`,
    holds: { events: false, positions: false, ...holds },
    follows,
    secretFiles: [],
  }
}
