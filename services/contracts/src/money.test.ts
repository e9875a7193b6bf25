import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { amountOf, centsOf, maxPriceCents } from './money.ts'

test('an amount in cents is written with two decimals at most, and read back as the same cents', () => {
  const cents = fc.integer({ min: 0, max: 1_000_000_000_000 })
  fc.assert(
    fc.property(cents, (amount) => {
      assert.match(String(amountOf(amount)), /^\d+(\.\d{1,2})?$/)
      assert.equal(centsOf(amountOf(amount)), amount)
    }),
  )
})

test('every price of the shop survives the way through JSON', () => {
  for (const cents of [0, 1, 575, 5950, 29975, 199999, maxPriceCents])
    assert.equal(centsOf(JSON.parse(JSON.stringify(amountOf(cents))) as number), cents)
})

test('an amount with more than two decimals is no price', () => {
  for (const amount of [0.001, 5.755, 1999.999, 19.990000001]) assert.equal(centsOf(amount), undefined)
})

test('minus zero is zero', () => {
  assert.ok(Object.is(centsOf(-0), 0))
})
