import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './until.ts'

test('a wait ends with what is found, and looks again after undefined and false only', async () => {
  const answers = [undefined, false, 0, 1]
  assert.equal(await until('a number', () => answers.shift(), { everyMs: 1 }), 0)
})

test('a wait says at its deadline what it waited for, as it stands then', async () => {
  let looks = 0
  const waiting = until(
    () => `a third look after ${looks > 1 ? 'some' : 'none'}`,
    () => ++looks < 0,
    { deadlineMs: 5, everyMs: 1 },
  )
  await assert.rejects(waiting, /not within 5 ms: a third look after some/)
})

test('a wait ends at once when looking fails: a broken test does not take its whole deadline', async () => {
  const failing = () => Promise.reject(new Error('no such metric'))
  await assert.rejects(until('a metric', failing), /no such metric/)
})
