import type { PartWithDatabase } from '@magasin/host/part'

/** The store-manager, to those who operate it. */
export const storeManager: PartWithDatabase = {
  name: 'store-manager',
  title: 'the store',
  database: 'store',
  databaseTitle: 'store',
  ifMissing: 'there is no store yet: the first start makes it',
  holds: { events: true, positions: false },
  follows: [],
  secretFiles: ['manager.token'],
}

/** What its reference says above the routes. */
export const about = {
  title: 'Magasin: the store',
  description: 'Users, products, stock and orders of the shop. Every change is an event.',
  version: '0.1.0',
} as const
