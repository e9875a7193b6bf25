import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { pollAfter, restAfter } from './pace.ts'

/** How many turns a second there are at a rate of events, if a turn itself takes so long. */
function turnsAt(perSecond: number, turnMs = 5): number {
  let events = 1
  for (let i = 0; i < 100; i++) events = Math.max(1, (perSecond * (restAfter(events) + turnMs)) / 1_000)
  return 1_000 / (restAfter(events) + turnMs)
}

describe('the pace of the relay', () => {
  test('hardly lets an event wait as long as few come', () => {
    assert.ok(restAfter(1) < 5)
    // An event waits for half a period on average.
    assert.ok(1_000 / turnsAt(300) / 2 < 5)
  })

  test('makes a turn carry what was recorded meanwhile as soon as many come', () => {
    assert.ok(turnsAt(3_000) < 20)
    assert.equal(restAfter(100), 50)
    assert.equal(restAfter(8_000), 50)
  })

  test('looks for what nobody tells of soon after it found some, and rarely if there is none', () => {
    assert.deepEqual([0, 1, 2, 3, 4, 5, 100, Infinity].map(pollAfter), [10, 20, 40, 80, 160, 250, 250, 250])
  })
})
