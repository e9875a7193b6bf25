import assert from 'node:assert/strict'
import type { Batch, ReadModelStore } from '../read-model-store.ts'
import { at, batch, sampleModels, win } from './sample.ts'

async function filled(store: ReadModelStore) {
  const writer = await store.begin(sampleModels.fingerprint)
  await writer.apply(batch(0, 1, [win(1, 5)]))
  await store.swap(writer.generation)
  return writer
}

/** How positions and steps hang together, each on an empty store; apart from the suite, so that violations can be planted. */
export const applyChecks: Readonly<Record<string, (store: ReadModelStore) => Promise<void>>> = {
  async 'carry out the steps of a batch'(store) {
    await filled(store)
    assert.deepEqual(await store.top('wins', 9), [{ member: 1, score: 5 }])
  },

  async 'move the position with a batch'(store) {
    const writer = await filled(store)
    assert.deepEqual(await writer.positions(), [{ topic: 't', partition: 0, ...at(1) }])
  },

  async 'take a batch once, and change nothing when it comes again'(store) {
    const writer = await filled(store)
    await assert.rejects(writer.apply(batch(0, 1, [win(1, 5)])), { code: 'POSITION_MOVED' })
    assert.deepEqual(await store.top('wins', 9), [{ member: 1, score: 5 }])
  },

  async 'change nothing if one of several positions is another'(store) {
    const writer = await filled(store)
    const fresh: Batch['moves'][number] = { topic: 't', partition: 1, from: null, to: at(1) }
    const { moves } = batch(7, 8, [])
    const mixed = { moves: [fresh, ...moves], steps: [win(1, 5)] }
    await assert.rejects(writer.apply(mixed), { code: 'POSITION_MOVED' })
    assert.deepEqual(await store.top('wins', 9), [{ member: 1, score: 5 }])
    assert.deepEqual(await writer.positions(), [{ topic: 't', partition: 0, ...at(1) }])
  },
}
