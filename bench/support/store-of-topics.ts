import { Catalogue } from '@magasin/contracts/catalogue'
import { openOwnStore } from '@magasin/host/open-own-store'
import { users as userFamily } from '@magasin/shop-contracts/families/users'
import { storeManager } from '@magasin/store-manager/part'
import type { StoreTables } from '@magasin/store-manager/tables'
import { users } from '@magasin/store-manager/users/table'
import { measured, placeOf, type MeasuredStore, type StoreLocation } from './library-path.ts'
import { noteFamilies, takeNotes } from './notes.ts'

// In all partitions of each.
const eventsOfFurtherTopic = 1_000

/** Opens the shop's store, which must be there, with further topics, so that it has so many in all; records events in the further ones. */
export async function openStoreOfTopics(location: StoreLocation, topics: number): Promise<MeasuredStore> {
  const further = noteFamilies(topics - 1, storeManager.name)
  const store = await openOwnStore<StoreTables>({
    part: storeManager,
    place: placeOf(location),
    catalogue: new Catalogue({ families: [userFamily, ...further] }),
    migrations: [],
    stateTables: [users],
  })
  await takeNotes(store.events, further, eventsOfFurtherTopic)
  return measured(store)
}
