/*
 * The next version of Magasin, as far as today's can tell: its user events have one schema version more. Node loads this before the
 * program (`--import`); everything else is today's.
 */
import type { Upcaster } from '@magasin/contracts/define-event'
import { eventTypes } from '@magasin/contracts/event-types'

const unchanged: Upcaster = (data) => data

for (const definition of Object.values(eventTypes)) {
  const { schemaVersion, upcasters } = definition
  Object.assign(definition, {
    schemaVersion: schemaVersion + 1,
    upcasters: { ...upcasters, [schemaVersion]: unchanged },
  })
}
