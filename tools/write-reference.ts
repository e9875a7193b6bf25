// `npm run docs`: writes the pages of docs/reference that are made from the code.
import { writeFileSync } from 'node:fs'
import { parts } from '@magasin/shop/parts'
import { eventsPage } from '@magasin/shop-contracts/events-page'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'

const listeners = parts.flatMap((part) => part.listeners)
writeFileSync(new URL('../docs/reference/events.md', import.meta.url), eventsPage(shopCatalogue, listeners))
