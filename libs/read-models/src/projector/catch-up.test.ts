import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CatchUp } from './catch-up.ts'

const at = (seq: number, lag: number) => [{ topic: 't', partition: 0, seq, lag, gapAt: null }]

test('a build is close once it reached an end of the log in less than a second', () => {
  const catchUp = new CatchUp()
  assert.equal(catchUp.isClose(at(0, 100), 0), false)
  assert.equal(catchUp.isClose(at(99, 41), 5_000), false)
  // The first round took five seconds, in which 40 more came.
  assert.equal(catchUp.isClose(at(100, 40), 5_001), false)
  assert.equal(catchUp.isClose(at(139, 8), 5_100), false)
  assert.equal(catchUp.isClose(at(140, 7), 5_200), true)
})
