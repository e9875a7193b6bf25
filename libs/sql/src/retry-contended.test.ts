import assert from 'node:assert/strict'
import { test } from 'node:test'
import { retryContended, type ContentionPolicy } from './retry-contended.ts'

const busy = () => Promise.reject(new Error('busy'))
const policy = { faultOf: () => 'contended', waitMs: 50 } satisfies ContentionPolicy

test('a database that stays busy is given up after the time set, also when the wall clock is set back', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 })
  const started = performance.now()
  const wait = (): Promise<unknown> => {
    t.mock.timers.setTime(1)
    // A clock that stands still would be waited for without end.
    return performance.now() - started > 5_000 ? Promise.reject(new Error('still trying')) : Promise.resolve()
  }
  await assert.rejects(retryContended(busy, { ...policy, wait }), { code: 'STORE_UNAVAILABLE', message: /50 ms/ })
})

test('what is not contention is not tried again', async () => {
  let tries = 0
  const attempt = () => (tries++, busy())
  await assert.rejects(retryContended(attempt, { ...policy, faultOf: () => 'duplicate' }), /busy/)
  assert.equal(tries, 1)
})
