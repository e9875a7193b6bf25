import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Budgets } from './budgets.ts'

describe('a budget of requests a minute', () => {
  test('lets all of them through at once, then one as soon as it has come back', () => {
    const budgets = new Budgets({ perMinute: 3, maxKeys: 10 })
    const taken = [0, 0, 0, 0].map((now) => budgets.take('ada', now))
    assert.deepEqual(
      taken.map(({ waitS, remaining, wholeInS }) => [waitS, remaining, wholeInS]),
      [
        [0, 2, 20],
        [0, 1, 40],
        [0, 0, 60],
        [20, 0, 60],
      ],
    )
    assert.equal(budgets.take('ada', 19_999).waitS, 1)
    assert.equal(budgets.take('ada', 20_000).waitS, 0)
    assert.equal(budgets.take('ada', 20_000).waitS, 20)
    assert.deepEqual(budgets.take('ada', 200_000), { waitS: 0, remaining: 2, wholeInS: 20 })
  })

  test('is each key’s own, and looking at it costs nothing', () => {
    const budgets = new Budgets({ perMinute: 1, maxKeys: 10 })
    for (let i = 0; i < 5; i++) assert.equal(budgets.look('ada', 0).waitS, 0)
    assert.equal(budgets.take('ada', 0).waitS, 0)
    assert.equal(budgets.look('ada', 0).waitS, 60)
    assert.equal(budgets.take('alan', 0).waitS, 0)
  })

  test('lets at most twice its number through in any minute, and never fewer than it promised', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), steps, (perMinute, waits) => {
        const budgets = new Budgets({ perMinute, maxKeys: 10 })
        let now = 0
        const passed: number[] = []
        for (const wait of waits) {
          now += wait
          const promised = budgets.look('ada', now)
          const standing = budgets.take('ada', now)
          assert.equal(standing.waitS > 0, promised.remaining === 0)
          assert.equal(standing.waitS > 0, promised.waitS > 0)
          if (standing.waitS === 0) passed.push(now)
        }
        for (const from of passed) {
          const within = passed.filter((at) => at >= from && at < from + 60_000).length
          assert.ok(within <= 2 * perMinute, `${within} of ${perMinute}`)
        }
        assert.ok(budgets.look('ada', now + budgets.look('ada', now).waitS * 1_000).waitS === 0)
      }),
    )
  })

  test('of however many keys takes bounded memory: what was counted longest ago is forgotten', () => {
    const budgets = new Budgets({ perMinute: 1, maxKeys: 100 })
    budgets.take('first', 0)
    for (let i = 0; i < 1_000; i++) {
      budgets.take(`key-${i}`, 0)
      assert.ok(budgets.size <= 200)
      assert.ok(budgets.look(`key-${Math.max(0, i - 99)}`, 0).waitS > 0, 'the last hundred are known')
    }
    assert.equal(budgets.take('first', 0).waitS, 0)
  })
})
