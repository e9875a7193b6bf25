import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineReadModels } from './define-read-models.ts'
import type { Step } from './step.ts'
import { stepsOf } from './steps-of.ts'

const making = (step: Step) =>
  defineReadModels({
    name: 'desk',
    version: 1,
    rankings: ['visitors'],
    documents: { member: { requires: ['name'] } },
    on: { MemberJoined: () => [step] },
  })

test('an event that the read models do not know does nothing to them', () => {
  const models = making({ ranking: 'visitors', member: 1, add: 1 })
  assert.deepEqual(stepsOf(models, { type: 'MemberLeft', data: {} }), [])
  assert.equal(stepsOf(models, { type: 'MemberJoined', data: {} }).length, 1)
})

test('a step that no store could carry out exactly is refused', () => {
  const wrong: readonly Step[] = [
    { ranking: 'guests', member: 1, add: 1 },
    { ranking: 'visitors', member: 1, add: 0.5 },
    { ranking: 'visitors', member: 2 ** 53, add: 1 },
    { document: 'guest', key: 1, set: {} },
    { document: 'member', key: 1.5, set: {} },
    { document: 'member', key: 1, set: { age: Number.NaN } },
  ]
  for (const step of wrong)
    assert.throws(() => stepsOf(making(step), { type: 'MemberJoined', data: {} }), /makes a wrong step/)
})
