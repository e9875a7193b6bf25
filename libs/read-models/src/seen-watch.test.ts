import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { SeenWatch } from './seen-watch.ts'

/** Moves on by one event each time it is asked. */
function movingReader() {
  let seq = 0
  let asked = 0
  return {
    asked: () => asked,
    positions() {
      asked++
      return Promise.resolve([{ topic: 't', partition: 1, logId: 'log', seq: seq++, eventId: null }])
    },
  }
}

const event = (seq: number, partition = 1) => [{ topic: 't', partition, seq }]

test('waits until the read models have seen an event, by one look for all who wait', async () => {
  const reader = movingReader()
  const watch = new SeenWatch(reader)
  await Promise.all([watch.until(event(3), 5_000), watch.until(event(2), 5_000), watch.until(event(3), 5_000)])
  assert.equal(reader.asked(), 4)
  assert.equal(await watch.hasSeen(event(4)), true)
  assert.equal(await watch.hasSeen(event(9)), false)
})

test('tells that they are behind when the time is over', async () => {
  const late = new SeenWatch(movingReader()).until(event(1, 2), 30)
  await assert.rejects(late, { code: 'READ_MODELS_BEHIND' })
})

test('waits for the first build, and not for a store that is away', async () => {
  const failing = (code: 'READ_MODELS_NOT_READY' | 'READ_MODELS_UNAVAILABLE') =>
    new SeenWatch({ positions: () => Promise.reject(new MagasinError(code, 'no')) })
  const started = performance.now()
  await assert.rejects(failing('READ_MODELS_NOT_READY').until(event(1), 50), { code: 'READ_MODELS_NOT_READY' })
  assert.ok(performance.now() - started >= 50)
  await assert.rejects(failing('READ_MODELS_UNAVAILABLE').until(event(1), 60_000), { code: 'READ_MODELS_UNAVAILABLE' })
})

test('does not wait for whoever gave up, and takes no more than it can hold', async () => {
  const watch = new SeenWatch(movingReader())
  const leaving = new AbortController()
  const many = Array.from({ length: 1_000 }, () => watch.until(event(1, 2), 60_000, leaving.signal))
  await assert.rejects(watch.until(event(1, 2), 60_000), { code: 'OVERLOADED' })
  leaving.abort(new Error('gone'))
  for (const one of many) await assert.rejects(one, /gone/)
})
