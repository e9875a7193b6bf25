import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch } from '../read-model-store.ts'
import { at } from '../conformance/sample.ts'
import { SharedBatches } from './shared-batches.ts'

const batchOf = (partition: number, steps = 1): Batch => ({
  moves: [{ topic: 't', partition, from: null, to: at(1) }],
  steps: Array.from({ length: steps }, () => ({ ranking: 'wins', member: 1, add: 1 })),
})

/** Takes down what it is given; each `apply` ends when it is told to. */
function heldWriter() {
  const applied: { readonly batch: Batch; readonly end: PromiseWithResolvers<void> }[] = []
  const apply = (batch: Batch) => {
    const end = Promise.withResolvers<void>()
    applied.push({ batch, end })
    return end.promise
  }
  const partitions = () => applied.map(({ batch }) => batch.moves.map(({ partition }) => partition))
  return { apply, applied, partitions }
}

const turn = () => new Promise(setImmediate)

test('batches that come together, or while two are carried out, share one', async () => {
  const writer = heldWriter()
  const shared = new SharedBatches(writer)
  const [first, second] = [shared.apply(batchOf(0)), shared.apply(batchOf(1))]
  await turn()
  assert.deepEqual(writer.partitions(), [[0, 1]])
  void shared.apply(batchOf(2))
  await turn()
  const later = [shared.apply(batchOf(3)), shared.apply(batchOf(4))]
  await turn()
  assert.deepEqual(writer.partitions(), [[0, 1], [2]])
  writer.applied[0]?.end.resolve()
  await Promise.all([first, second])
  await turn()
  assert.deepEqual(writer.partitions(), [[0, 1], [2], [3, 4]])
  for (const { end } of writer.applied) end.resolve()
  await Promise.all(later)
})

test('what fails fails for all that share it, and the next is carried out', async () => {
  const writer = heldWriter()
  const shared = new SharedBatches(writer)
  const both = [shared.apply(batchOf(0)), shared.apply(batchOf(1))]
  await turn()
  writer.applied[0]?.end.reject(new Error('moved'))
  for (const one of both) await assert.rejects(one, /moved/)
  const next = shared.apply(batchOf(0))
  await turn()
  writer.applied[1]?.end.resolve()
  await next
})

test('what follows a batch of some size shares the next one, and what follows a small one does not wait', async () => {
  const writer = heldWriter()
  const rested = Promise.withResolvers<void>()
  const shared = new SharedBatches(writer, () => rested.promise)
  const applied = async (partition: number, steps: number) => {
    const done = shared.apply(batchOf(partition, steps))
    await turn()
    writer.applied.at(-1)?.end.resolve()
    await done
  }
  await applied(0, 1)
  await applied(1, 50)
  assert.deepEqual(writer.partitions(), [[0], [1]])
  const both = [shared.apply(batchOf(2)), shared.apply(batchOf(3))]
  await turn()
  assert.equal(writer.applied.length, 2)
  rested.resolve()
  await turn()
  assert.deepEqual(writer.partitions(), [[0], [1], [2, 3]])
  writer.applied[2]?.end.resolve()
  await Promise.all(both)
})

test('batches with many steps are not joined', async () => {
  const writer = heldWriter()
  const shared = new SharedBatches(writer)
  const all = [shared.apply(batchOf(0, 5_000)), shared.apply(batchOf(1, 1_500)), shared.apply(batchOf(2, 1_500))]
  await turn()
  for (let i = 0; i < 3; i++) {
    writer.applied[i]?.end.resolve()
    await turn()
  }
  await Promise.all(all)
  assert.deepEqual(writer.partitions(), [[0], [1], [2]])
})
