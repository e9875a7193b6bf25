import { isDeepStrictEqual } from 'node:util'
import type { Settings } from './settings.ts'

/**
 * The settings of services that run in one process. What they share must be one setting, the default included: else the one would be
 * told what is meant for the other. Throws where two are called alike, as a property or as a variable, and are not the same.
 */
export function joinSettings<const One extends Settings, const Other extends Settings>(
  one: One,
  other: Other,
): One & Other {
  const byVariable = new Map(Object.entries(one).map(([key, { name }]) => [name, key]))
  for (const [key, { name, default: byDefault }] of Object.entries(other)) {
    const there = one[key]
    const isSame = there?.name === name && isDeepStrictEqual(there.default, byDefault)
    if (there !== undefined ? !isSame : byVariable.has(name))
      throw new Error(
        `two services read ${name} as ${key}, and do not mean the same: name one of the settings otherwise`,
      )
  }
  return { ...one, ...other }
}
