import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitUntilSeen } from './wait-until-seen.ts'

/** Moves on by one event each time it is asked. */
const moving = (topic: string) => {
  let seq = 0
  return { positions: () => Promise.resolve([{ topic, partition: 1, logId: 'log', seq: seq++, eventId: null }]) }
}

test('waits until the read models have seen an event', async () => {
  const reader = moving('t')
  await waitUntilSeen(reader, [{ topic: 't', partition: 1, seq: 3 }], 5_000)
  assert.equal((await reader.positions())[0]?.seq, 4)
})

test('tells that they are behind when the time is over', async () => {
  const late = waitUntilSeen(moving('t'), [{ topic: 't', partition: 2, seq: 1 }], 30)
  await assert.rejects(late, { code: 'READ_MODELS_BEHIND' })
})
