import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineReadModels, type DocumentDefinition } from './define-read-models.ts'

interface Joined {
  readonly type: 'MemberJoined'
  readonly data: { readonly id: number }
}

const define = (
  changes: {
    version?: number
    rankings?: readonly string[]
    documents?: Readonly<Record<string, DocumentDefinition>>
  } = {},
) =>
  defineReadModels<Joined>({
    name: 'desk',
    version: 1,
    rankings: ['visitors', 'guests'],
    documents: { member: { requires: ['name', 'town'], index: { youngest: 'age' } } },
    on: { MemberJoined: ({ id }) => [{ ranking: 'visitors', member: id, add: 1 }] },
    ...changes,
  })

test('the order in which things are declared does not build the read models anew', () => {
  const documents = { member: { requires: ['town', 'name'], index: { youngest: 'age' } } }
  assert.equal(define({ rankings: ['guests', 'visitors'], documents }).fingerprint, define().fingerprint)
})

test('another version, ranking, required field or index builds them anew', () => {
  const others = [
    define(),
    define({ version: 2 }),
    define({ rankings: ['visitors'] }),
    define({ documents: { member: { requires: ['name'], index: { youngest: 'age' } } } }),
    define({ documents: { member: { requires: ['name', 'town'], index: { youngest: 'born' } } } }),
  ]
  assert.equal(new Set(others.map(({ fingerprint }) => fingerprint)).size, others.length)
})

test('a name that cannot be part of a key, and two indexes of one name, are refused', () => {
  assert.throws(() => define({ rankings: ['a:b'] }), /a:b cannot be a name/)
  const index = { youngest: 'age' }
  const documents = { member: { requires: [], index }, guest: { requires: [], index } }
  assert.throws(() => define({ documents }), /two indexes of one name/)
})
