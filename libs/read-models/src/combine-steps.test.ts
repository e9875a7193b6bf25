import assert from 'node:assert/strict'
import { test } from 'node:test'
import { combineSteps } from './combine-steps.ts'

test('a member whose additions make up for each other is not sent', () => {
  const { additions } = combineSteps([
    { ranking: 'visitors', member: 1, add: 5 },
    { ranking: 'visitors', member: 2, add: 3 },
    { ranking: 'visitors', member: 1, add: -5 },
    { ranking: 'visitors', member: 2, add: 4 },
  ])
  assert.deepEqual(additions, new Map([['visitors', new Map([[2, 7]])]]))
})

test('of two steps that set a field of a document the later one counts, also if it takes the field away', () => {
  const { merges } = combineSteps([
    { document: 'member', key: 1, set: { name: 'Ada', town: 'Rome', age: null } },
    { document: 'member', key: 1, set: { town: null, age: 36 } },
  ])
  assert.deepEqual(merges, new Map([['member', new Map([[1, { name: 'Ada', town: null, age: 36 }]])]]))
})
