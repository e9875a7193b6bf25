import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shareNext } from './share-next.ts'

// A call that is forgotten would be waited for in vain.
const timeout = 5_000

/** Work whose runs end when the test says so, and a promise of each run's beginning. */
function heldWork() {
  const runs: PromiseWithResolvers<void>[] = []
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  const work = () => {
    const run = Promise.withResolvers<void>()
    begun[runs.push(run) - 1]?.resolve()
    return run.promise
  }
  return { work, runs, begun }
}

test('who calls while a run is under way waits for the next one, together with all others', { timeout }, async () => {
  const { work, runs, begun } = heldWork()
  const call = shareNext(work)
  const settled: string[] = []
  const first = call().then(() => settled.push('first'))
  await begun[0].promise
  const others = ['second', 'third'].map((name) => call().then(() => settled.push(name)))
  runs[0]!.resolve()
  await Promise.all([first, begun[1].promise])
  assert.deepEqual(settled, ['first'], 'a run that began before the call does not count')
  runs[1]!.resolve()
  await Promise.all(others)
  assert.deepEqual(settled, ['first', 'second', 'third'])
  assert.equal(runs.length, 2)
})

test('a run that fails, fails for those who waited for it and for nobody after them', { timeout }, async () => {
  const { work, runs, begun } = heldWork()
  const call = shareNext(work)
  const failing = [call(), call()]
  await begun[0].promise
  const later = call()
  runs[0]!.reject(new Error('the disk is gone'))
  for (const one of failing) await assert.rejects(one, /the disk is gone/)
  await begun[1].promise
  runs[1]!.resolve()
  await later
})
