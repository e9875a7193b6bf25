import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Catalogue } from '@magasin/contracts/catalogue'
import { eventsPage } from './events-page.ts'
import { shopCatalogue } from './shop-catalogue.ts'

test('docs/reference/events.md tells of every topic and event of the shop (`npm run docs` writes it)', () => {
  const page = readFileSync(new URL('../../../docs/reference/events.md', import.meta.url), 'utf8')
  assert.equal(page, eventsPage(shopCatalogue))
})

test('the page of events changes with a family', () => {
  assert.notEqual(eventsPage(new Catalogue({ families: [] })), eventsPage(shopCatalogue))
})
