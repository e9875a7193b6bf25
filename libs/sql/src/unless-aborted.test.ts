import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { unlessAborted } from './unless-aborted.ts'

const reason = new Error('changed my mind')

describe('work that may be given up', () => {
  test('answers what it resolves or rejects with, if nobody gives it up', async () => {
    const { signal } = new AbortController()
    assert.equal(await unlessAborted(Promise.resolve(42), signal), 42)
    await assert.rejects(unlessAborted(Promise.reject(reason), signal), reason)
  })

  test('is not waited for once it is given up', async () => {
    const giveUp = new AbortController()
    const waiting = unlessAborted(Promise.withResolvers<never>().promise, giveUp.signal)
    giveUp.abort(reason)
    await assert.rejects(waiting, reason)
  })

  test('harms nobody by failing later, also if it was given up before it began', async () => {
    const work = Promise.withResolvers<never>()
    await assert.rejects(unlessAborted(work.promise, AbortSignal.abort(reason)), reason)
    work.reject(new Error('the connection was lost'))
    // A rejection that nobody hears fails the test in which it happens.
    await nextTurn()
  })
})
