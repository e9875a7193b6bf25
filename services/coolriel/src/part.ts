import type { Part } from '@magasin/host/part'
import { users } from '@magasin/shop-contracts/families/users'

/** Coolriel, to those who operate it. */
export const coolriel: Part = {
  name: 'coolriel',
  title: 'Coolriel',
  database: 'coolriel',
  databaseTitle: 'database of Coolriel',
  ifMissing: 'Coolriel has no database here: where it never had one, it writes every e-mail again',
  holds: { events: false, positions: true },
  follows: [users.topic.name],
  secretFiles: [],
}

/** What its reference says above the routes. */
export const about = {
  title: 'Magasin: Coolriel',
  description: 'Writes an e-mail for each event that calls for one. Here is only how it is.',
  version: '0.1.0',
} as const
