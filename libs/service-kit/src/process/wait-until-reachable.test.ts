import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { createLogger } from '../log/logger.ts'
import { waitUntilReachable } from './wait-until-reachable.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const never = new AbortController().signal
const away = () => new MagasinError('STORE_UNAVAILABLE', 'the server is away')

/** Something that opens at the given try, and how often it was tried. */
function opensAt(tryNumber: number) {
  const tried = { count: 0 }
  const open = async () => {
    if (++tried.count < tryNumber) throw away()
    return 'open'
  }
  return { tried, open }
}

describe('a service whose database server comes up later', () => {
  test('waits for it', async () => {
    const { open } = opensAt(3)
    assert.equal(await waitUntilReachable(open, { logger, signal: never, pauseMs: 1 }), 'open')
  })

  test('does not wait for ever', async () => {
    const { open } = opensAt(Infinity)
    const opening = waitUntilReachable(open, { logger, signal: never, pauseMs: 1, patienceMs: 20 })
    await assert.rejects(opening, { code: 'STORE_UNAVAILABLE' })
  })

  test('does not wait for what waiting does not mend', async () => {
    let tries = 0
    const open = () => (tries++, Promise.reject(new MagasinError('DATABASE_REFUSED', 'wrong password')))
    await assert.rejects(waitUntilReachable(open, { logger, signal: never }), { code: 'DATABASE_REFUSED' })
    assert.equal(tries, 1)
  })

  test('stops waiting when it is told to', async () => {
    const stopping = new AbortController()
    const { open, tried } = opensAt(Infinity)
    const reason = new Error('it is to stop')
    const opening = waitUntilReachable(() => (stopping.abort(reason), open()), { logger, signal: stopping.signal })
    await assert.rejects(opening, reason)
    assert.equal(tried.count, 1)
  })
})
