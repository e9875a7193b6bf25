import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { findViolations } from './tools/boundaries.ts'

const root = import.meta.dirname
const paths = globSync(['package.json', '*/*/package.json', '**/*.ts'], {
  cwd: root,
  exclude: ['**/node_modules/**', '.*/**'],
})
const sources = new Map(paths.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(root, path), 'utf8')]))

test('every part of the repository knows only what it may', () => {
  assert.ok(sources.has('boundaries.test.ts'))
  assert.deepEqual(findViolations(sources), [])
})

/** The words of the shop that a text holds. */
function shopWordsIn(text: string): readonly string[] {
  const names = [...shopCatalogue.topics.keys(), ...shopCatalogue.events.keys(), ...Object.keys(shopErrors)]
  const services = [...shopCatalogue.topics.values()].map(({ owner }) => owner)
  return [...names, ...services, 'coolriel', 'e-mail', 'user_type'].filter((word) =>
    text.toLowerCase().includes(word.toLowerCase()),
  )
}

test('the libraries name no event, topic, error or service of the shop', () => {
  const libraries = [...sources].filter(([path]) => path.startsWith('libs/'))
  const found = libraries.flatMap(([path, text]) => shopWordsIn(text).map((word) => `${path} names ${word}`))
  assert.deepEqual(found, [])
})

test('a library that names an event of the shop would not be let through', () => {
  assert.deepEqual(shopWordsIn("if (type === 'UserCreated') …"), ['UserCreated'])
})
