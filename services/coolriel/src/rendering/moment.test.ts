import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shopMoment } from './moment.ts'

test('a moment is told by the clock and the calendar of the shop', () => {
  assert.deepEqual(shopMoment('2026-01-01T03:04:05.678Z', 'fr-CA'), {
    year: 2025,
    month: 'décembre',
    day: 31,
    hour: 22,
    minute: 4,
  })
})

test('the shop’s clock knows daylight saving time', () => {
  assert.equal(shopMoment('2026-03-08T06:59:00.000Z', 'fr-CA').hour, 1)
  assert.equal(shopMoment('2026-03-08T07:00:00.000Z', 'fr-CA').hour, 3)
})

test('midnight is hour 0', () => {
  assert.deepEqual(shopMoment('2026-07-02T04:00:00.000Z', 'fr-CA'), {
    year: 2026,
    month: 'juillet',
    day: 2,
    hour: 0,
    minute: 0,
  })
})
