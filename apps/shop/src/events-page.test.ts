import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { eventsPage } from '@magasin/shop-contracts/events-page'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { parts } from './parts.ts'

test('docs/reference/events.md tells of every topic and event of the shop, and who listens (`npm run docs` writes it)', () => {
  const page = readFileSync(new URL('../../../docs/reference/events.md', import.meta.url), 'utf8')
  const listeners = parts.flatMap((part) => part.listeners)
  assert.equal(page, eventsPage(shopCatalogue, listeners))
})
