// `npm run docs`: writes the pages of docs/reference that are made from the code.
import { writeFileSync } from 'node:fs'
import { eventsPage } from '@magasin/shop-contracts/events-page'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'

writeFileSync(new URL('../docs/reference/events.md', import.meta.url), eventsPage(shopCatalogue))
