import type { EventDefinition } from './define-family.ts'
import { MagasinError } from './magasin-error.ts'

type Upcastable = Pick<EventDefinition, 'type' | 'schemaVersion' | 'upcasters'>

/**
 * Brings data of an older schema version to today's, one version at a time. What is stored stays as it is.
 * Throws EVENT_SCHEMA_NEWER for a version that this program does not know yet.
 */
export function upcast(
  definition: Upcastable,
  storedVersion: number,
  stored: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (storedVersion > definition.schemaVersion)
    throw new MagasinError(
      'EVENT_SCHEMA_NEWER',
      `${definition.type} has schema version ${storedVersion}; this version of Magasin reads up to ${definition.schemaVersion}`,
    )
  let data = stored
  for (let version = storedVersion; version < definition.schemaVersion; version++) {
    const step = definition.upcasters[version]
    if (step === undefined) throw missing(definition, version)
    data = step(data)
  }
  return data
}

/** Every older version of an event must lead to today's. Throws UPCASTER_MISSING. */
export function checkUpcasters(definition: Upcastable): void {
  for (let version = 1; version < definition.schemaVersion; version++)
    if (definition.upcasters[version] === undefined) throw missing(definition, version)
}

function missing(definition: Upcastable, version: number): MagasinError {
  return new MagasinError(
    'UPCASTER_MISSING',
    `${definition.type} has no upcaster from schema version ${version} to ${version + 1}: add one to its definition`,
  )
}
