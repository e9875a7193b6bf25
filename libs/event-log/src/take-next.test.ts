import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { EventRecord } from '@magasin/contracts/event-record'
import { takeNext } from './take-next.ts'

const records = (seqs: readonly number[]) => seqs.map((seq) => ({ seq }) as EventRecord)
const take = (seqs: readonly number[], after: number) => {
  const taken = takeNext(records(seqs), after)
  return { seqs: taken.records.map(({ seq }) => seq), beyondHole: taken.beyondHole }
}

test('a reader takes what is next and passes over what it had', () => {
  assert.deepEqual(take([1, 2, 3], 0), { seqs: [1, 2, 3], beyondHole: null })
  assert.deepEqual(take([1, 2, 2, 1, 3], 1), { seqs: [2, 3], beyondHole: null })
  assert.deepEqual(take([1, 2], 5), { seqs: [], beyondHole: null })
})

test('a reader never steps over a hole, and takes what mends it', () => {
  assert.deepEqual(take([1, 4, 5], 0), { seqs: [1], beyondHole: 4 })
  assert.deepEqual(take([1, 4, 2, 3, 4, 5], 0), { seqs: [1, 2, 3, 4, 5], beyondHole: null })
})

test('whatever repeats and holes a log shows, what is taken is 1, 2, 3 … and as far as it can be', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 }), (seqs) => {
      const { seqs: taken } = take(seqs, 0)
      assert.deepEqual(
        taken,
        Array.from(taken, (_, i) => i + 1),
      )
      // A second reading behind the first, as a reader that met a hole does, never takes anything twice.
      const again = take(seqs, taken.length).seqs
      assert.deepEqual(
        again,
        Array.from(again, (_, i) => taken.length + i + 1),
      )
    }),
  )
})
