import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { ReadModels } from '../define-read-models.ts'
import type { Batch, ReadModelStore } from '../read-model-store.ts'
import { applyChecks } from './apply-checks.ts'
import { at, batch, sampleModels, win } from './sample.ts'

export interface ReadModelStoreCase {
  readonly name: string
  /** Why it cannot run here. */
  readonly skip?: string | false
  /** An empty store of the test's own. */
  open(t: TestContext, models: ReadModels): Promise<ReadModelStore>
  /** How much of a generation is stored, read or not: rows, or keys. */
  countStored(store: ReadModelStore, generation: number): Promise<number>
}

/** What every adapter of the port must do. */
export function readModelStoreSuite({ name, skip = false, open, countStored }: ReadModelStoreCase): void {
  const filled = async (t: TestContext, steps: Batch['steps']) => {
    const store = await open(t, sampleModels)
    const writer = await store.begin('f1')
    await writer.apply(batch(0, 1, steps))
    await store.swap(writer.generation)
    return { store, writer }
  }

  describe(`read models on ${name}`, { skip }, () => {
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

    test('show a document once it has all that it needs, and page through it by its index', async (t) => {
      const set = (key: number, fields: Record<string, string | number | null>) => ({
        document: 'team',
        key,
        set: fields,
      })
      const { store, writer } = await filled(t, [set(1, { points: 4 }), set(2, { title: 'b', points: 4 })])
      assert.equal(await store.document('team', 1), undefined)
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

    test('keep scores, numbers and texts exactly, however large, negative or strange', async (t) => {
      const most = Number.MAX_SAFE_INTEGER
      const title = `"quoted" \\ \n\u0000 \u{1f600} %s {}`
      const team = (key: number, points: number) => ({ document: 'team', key, set: { title, points } })
      const { store, writer } = await filled(t, [
        win(most, most),
        win(1, -most),
        team(1, -most),
        team(2, most),
        team(3, 0),
      ])
      assert.deepEqual(await store.top('wins', 9), [
        { member: most, score: most },
        { member: 1, score: -most },
      ])
      await writer.apply(batch(1, 2, [win(1, most - 1)]))
      assert.deepEqual((await store.top('wins', 9))[1], { member: 1, score: -1 })
      assert.deepEqual((await store.document('team', 2))?.fields, { title, points: most })
      const page = await store.pageOf('by_points', { upTo: most, atMost: 9 })
      assert.deepEqual(
        page.map(({ key }) => key),
        [1, 3, 2],
      )
    })

    test('take a document out of its index when it lacks a field, and a document that has none away', async (t) => {
      const team = (set: Readonly<Record<string, string | number | null>>) => ({ document: 'team', key: 1, set })
      const { store, writer } = await filled(t, [team({ title: 'a', points: 4, town: 'Rome' })])
      await writer.apply(batch(1, 2, [team({ points: 9 })]))
      assert.deepEqual(await store.pageOf('by_points', { upTo: 8, atMost: 9 }), [])
      await writer.apply(batch(2, 3, [team({ title: null })]))
      assert.deepEqual(await store.pageOf('by_points', { upTo: 99, atMost: 9 }), [])
      await writer.apply(batch(3, 4, [team({ title: 'b' })]))
      assert.deepEqual((await store.document('team', 1))?.fields, { title: 'b', points: 9, town: 'Rome' })
      await writer.apply(batch(4, 5, [team({ title: null, points: null, town: null })]))
      await writer.apply(batch(5, 6, [team({ title: 'c', points: 1 })]))
      assert.deepEqual((await store.document('team', 1))?.fields, { title: 'c', points: 1 })
    })

    test('count a document without the field of an index as what that says, or leave it out', async (t) => {
      const team = (key: number, bonus?: number | null) => ({
        document: 'team',
        key,
        set: { title: 'a', points: 1, ...(bonus === undefined ? {} : { bonus }) },
      })
      const { store, writer } = await filled(t, [team(1, 2), team(2), team(3, -1)])
      const keys = async () => (await store.pageOf('by_bonus', { upTo: 9, atMost: 9 })).map(({ key }) => key)
      assert.deepEqual(await keys(), [3, 2, 1])
      await writer.apply(batch(1, 2, [team(2, 5), team(3, null)]))
      assert.deepEqual(await keys(), [3, 1, 2])
    })

    test('take one of two batches that begin at one position, also at once', async (t) => {
      const { store, writer } = await filled(t, [win(1, 5)])
      const answers = await Promise.allSettled([1, 2, 3].map((add) => writer.apply(batch(1, 2, [win(2, add)]))))
      const taken = answers.flatMap(({ status }, i) => (status === 'fulfilled' ? [i + 1] : []))
      assert.equal(taken.length, 1)
      assert.deepEqual((await store.top('wins', 1))[0]?.score, 5)
      assert.deepEqual((await store.top('wins', 2))[1], { member: 2, score: taken[0] })
    })

    test('drop what is built when another build begins', async (t) => {
      const store = await open(t, sampleModels)
      const first = await store.begin('f1')
      const second = await store.begin('f1')
      await assert.rejects(first.apply(batch(0, 1, [win(1, 5)])), { code: 'POSITION_MOVED' })
      await assert.rejects(store.swap(first.generation), { code: 'POSITION_MOVED' })
      await second.apply(batch(0, 1, [win(1, 5)]))
      const third = await store.begin('f1')
      await store.swap(third.generation)
      assert.deepEqual(await store.top('wins', 9), [])
      assert.deepEqual(await store.positions(), [])
      await assert.rejects(store.swap(second.generation), { code: 'POSITION_MOVED' })
    })

    test('tell what is built and how far, who projects, and what was asked for since', async (t) => {
      const store = await open(t, sampleModels)
      const none = { current: null, shadow: null, rebuilds: { requested: 0, answered: 0 }, projector: null }
      assert.deepEqual(await store.status(), none)
      await store.lease('a', 60_000)
      await store.requestRebuild()
      const { generation, apply } = await store.begin('f1')
      await store.requestRebuild()
      await apply(batch(0, 7, [win(1, 5)]))
      const built = { generation, fingerprint: 'f1', events: 7 }
      const rebuilds = { requested: 2, answered: 0 }
      assert.deepEqual(await store.status(), { current: null, shadow: built, rebuilds, projector: 'a' })
      await store.swap(generation)
      const answered = { requested: 2, answered: 1 }
      assert.deepEqual(await store.status(), { current: built, shadow: null, rebuilds: answered, projector: 'a' })
      assert.deepEqual(await store.positions(), [{ topic: 't', partition: 0, ...at(7) }])
    })

    test('are not ready before the first build', async (t) => {
      const store = await open(t, sampleModels)
      await assert.rejects(store.top('wins', 1), { code: 'READ_MODELS_NOT_READY' })
    })

    test('let a score stop where numbers are exact, one by one and together', async (t) => {
      const most = Number.MAX_SAFE_INTEGER
      const { store, writer } = await filled(t, [win(1, most), win(1, most), win(2, -most)])
      await writer.apply(batch(1, 2, [win(1, most), win(2, -most)]))
      assert.deepEqual(await store.top('wins', 9), [
        { member: 1, score: most },
        { member: 2, score: -most },
      ])
    })

    test('have no ranking and no index that is not declared', async (t) => {
      const { store } = await filled(t, [])
      await assert.rejects(store.top('wons', 1), TypeError)
      await assert.rejects(store.pageOf('by_pints', { upTo: 1, atMost: 1 }), TypeError)
    })

    test('keep nothing of what was dropped', async (t) => {
      const { store, writer } = await filled(t, [
        win(1, 5),
        { document: 'team', key: 1, set: { title: 'a', points: 1 } },
      ])
      const { generation } = await store.begin('f2')
      await store.swap(generation)
      const { generation: third } = await store.begin('f2')
      await store.swap(third)
      assert.deepEqual(await writer.positions(), [])
      for (const dropped of [writer.generation, generation])
        for (const asked = performance.now(); (await countStored(store, dropped)) > 0; await setImmediate())
          assert.ok(performance.now() - asked < 5_000)
    })

    test('have one projector at a time, which lets go by itself or by the time, and nobody else lets it go', async (t) => {
      const store = await open(t, sampleModels)
      assert.equal(await store.lease('a', 60_000), true)
      assert.equal(await store.lease('b', 60_000), false)
      await store.release('b')
      assert.equal(await store.lease('b', 60_000), false)
      await store.release('a')
      assert.equal(await store.lease('b', 50), true)
      assert.equal((await store.status()).projector, 'b')
      const asked = performance.now()
      for (; !(await store.lease('c', 60_000)); await setImmediate()) assert.ok(performance.now() - asked < 5_000)
    })

    test('do not believe a lease that lasts longer than any that is given: a clock was put back', async (t) => {
      const store = await open(t, sampleModels)
      await store.lease('a', 3_600_000)
      assert.equal(await store.lease('b', 3_000), true)
    })
  })
}
