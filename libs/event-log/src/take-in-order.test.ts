import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { EventRecord } from '@magasin/contracts/event-record'
import { takeInOrder } from './take-in-order.ts'

const records = (seqs: readonly number[]) => seqs.map((seq) => ({ seq }) as EventRecord)
const take = (seqs: readonly number[], after: number) => {
  const taken = takeInOrder(records(seqs), after)
  return { seqs: taken.records.map(({ seq }) => seq), beyondGap: taken.beyondGap }
}

test('a reader takes what is next and passes over what it had', () => {
  assert.deepEqual(take([1, 2, 3], 0), { seqs: [1, 2, 3], beyondGap: null })
  assert.deepEqual(take([1, 2, 2, 1, 3], 1), { seqs: [2, 3], beyondGap: null })
  assert.deepEqual(take([1, 2], 5), { seqs: [], beyondGap: null })
})

test('a reader never steps over a gap, and takes what mends it', () => {
  assert.deepEqual(take([1, 4, 5], 0), { seqs: [1], beyondGap: 4 })
  assert.deepEqual(take([1, 4, 2, 3, 4, 5], 0), { seqs: [1, 2, 3, 4, 5], beyondGap: null })
})

test('whatever repeats and gaps a log shows, what is taken is 1, 2, 3 … and as far as it can be', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 }), (seqs) => {
      const { seqs: taken } = take(seqs, 0)
      assert.deepEqual(
        taken,
        Array.from(taken, (_, i) => i + 1),
      )
      // A second reading after the first, as a reader at a gap does, never takes anything twice.
      const again = take(seqs, taken.length).seqs
      assert.deepEqual(
        again,
        Array.from(again, (_, i) => taken.length + i + 1),
      )
    }),
  )
})
