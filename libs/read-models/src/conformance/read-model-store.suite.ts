import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { ReadModels } from '../define-read-models.ts'
import type { Batch, ReadModelStore } from '../read-model-store.ts'
import { applyChecks } from './apply-checks.ts'
import { batch, sampleModels, win } from './sample.ts'

export interface ReadModelStoreCase {
  readonly name: string
  /** An empty store of the test's own. */
  open(t: TestContext, models: ReadModels): Promise<ReadModelStore>
}

/** What every adapter of the port must do. */
export function readModelStoreSuite({ name, open }: ReadModelStoreCase): void {
  const filled = async (t: TestContext, steps: Batch['steps']) => {
    const store = await open(t, sampleModels)
    const writer = await store.begin('f1')
    await writer.apply(batch(0, 1, steps))
    await store.swap(writer.generation)
    return { store, writer }
  }

  describe(`read models on ${name}`, () => {
    for (const [title, check] of Object.entries(applyChecks))
      test(title, async (t) => check(await open(t, sampleModels)))

    test('rank equals by their number, and leave out who is at 0', async (t) => {
      const { store, writer } = await filled(t, [win(3, 5), win(2, 5), win(1, 1)])
      await writer.apply(batch(1, 2, [win(1, -1)]))
      assert.deepEqual(
        (await store.top('wins', 9)).map(({ member }) => member),
        [2, 3],
      )
    })

    test('show a record once it has all that it needs, and page through it by its index', async (t) => {
      const set = (key: number, fields: Record<string, string | number | null>) => ({
        record: 'team',
        key,
        set: fields,
      })
      const { store, writer } = await filled(t, [set(1, { points: 4 }), set(2, { title: 'b', points: 4 })])
      assert.equal(await store.record('team', 1), undefined)
      await writer.apply(batch(1, 2, [set(1, { title: 'a' }), set(3, { title: 'c', points: 9 })]))
      const first = await store.pageOf('by_points', { upTo: 8, atMost: 1 })
      assert.deepEqual(first, [{ key: 1, fields: { points: 4, title: 'a' } }])
      const next = await store.pageOf('by_points', { upTo: 8, after: { value: 4, key: 1 }, atMost: 5 })
      assert.deepEqual(
        next.map(({ key }) => key),
        [2],
      )
    })

    test('show the old generation until the new one is swapped in, and take nothing for the old one after', async (t) => {
      const { store, writer } = await filled(t, [win(1, 5)])
      await store.requestRebuild()
      const shadow = await store.begin('f2')
      await shadow.apply(batch(0, 1, [win(2, 7)]))
      assert.deepEqual(await store.top('wins', 9), [{ member: 1, score: 5 }])
      await store.swap(shadow.generation)
      assert.deepEqual(await store.top('wins', 9), [{ member: 2, score: 7 }])
      await assert.rejects(writer.apply(batch(1, 2, [win(1, 5)])), { code: 'POSITION_MOVED' })
      const { current, rebuilds } = await store.status()
      assert.deepEqual(
        { fingerprint: current?.fingerprint, rebuilds },
        { fingerprint: 'f2', rebuilds: { requested: 1, answered: 1 } },
      )
    })

    test('are not ready before the first build', async (t) => {
      const store = await open(t, sampleModels)
      await assert.rejects(store.top('wins', 1), { code: 'READ_MODELS_NOT_READY' })
    })

    test('have one projector at a time', async (t) => {
      const store = await open(t, sampleModels)
      assert.equal(await store.lease('a', 60_000), true)
      assert.equal(await store.lease('b', 60_000), false)
      await store.release('a')
      assert.equal(await store.lease('b', 60_000), true)
    })
  })
}
