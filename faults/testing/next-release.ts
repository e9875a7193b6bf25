/*
 * The next version of Magasin, as far as today's can tell: its user events have one schema version more. Node loads this before the
 * program (`--import`); everything else is today's.
 */
import type { Upcaster } from '@magasin/contracts/define-family'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'

const unchanged: Upcaster = (data) => data

for (const definition of shopCatalogue.events.values()) {
  const { schemaVersion, upcasters } = definition
  Object.assign(definition, {
    schemaVersion: schemaVersion + 1,
    upcasters: { ...upcasters, [schemaVersion]: unchanged },
  })
}
