import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { parts } from './parts.ts'

// A topic whose owner is nobody has no counters and no relay: its first command fails.
test('every topic is owned by a part of the shop that records events', () => {
  const recorders = parts.filter(({ holds }) => holds.events).map(({ name }) => name)
  const ownerless = [...shopCatalogue.topics.values()].filter(({ owner }) => !recorders.includes(owner))
  assert.deepEqual(ownerless, [])
})

test('every topic that a part follows is one of those to which it tells that it listens', () => {
  for (const { name, follows, listeners } of parts) {
    const types = listeners.flatMap((listener) => listener.types)
    const heard = types.map((type) => shopCatalogue.event(type).topic.name)
    assert.deepEqual(
      follows.filter((topic) => !heard.includes(topic)),
      [],
      name,
    )
  }
})
