import type { PartWithDatabase } from '@magasin/host/part'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { emails } from './emails/emails.ts'

/** The types of events from which an e-mail follows. */
export const mailedTypes: readonly string[] = [...new Set(emails.map(({ on }) => on))]

/** Coolriel, to those who operate it. */
export const coolriel: PartWithDatabase = {
  name: 'coolriel',
  title: 'Coolriel',
  database: 'coolriel',
  databaseTitle: 'database of Coolriel',
  ifMissing: 'Coolriel has no database here: where it never had one, it writes every e-mail again',
  holds: { events: false, positions: true },
  follows: [...new Set(mailedTypes.map((type) => shopCatalogue.event(type).topic.name))],
  secretFiles: [],
}

/** What its reference says above the routes. */
export const about = {
  title: 'Magasin: Coolriel',
  description: 'Writes an e-mail for each event that calls for one. Here is only how it is.',
  version: '0.1.0',
} as const
