import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KnownEnds } from './known-ends.ts'

const ends = (seqs: Readonly<Record<number, number>>) =>
  new Map([['member-events', new Map(Object.entries(seqs).map(([partition, seq]) => [Number(partition), seq]))]])
const batch = (partition: number, ...seqs: readonly number[]) => ({
  topic: 'member-events',
  partition,
  records: seqs.map((seq) => ({ seq })),
})

test('what a commit of this process recorded is on disk, and what came before it', () => {
  const known = new KnownEnds()
  known.told(ends({ 0: 3 }))
  known.told(ends({ 1: 1 }))
  known.told(ends({ 0: 2 }))
  assert.equal(known.areDurable([batch(0, 1, 2, 3), batch(1, 1)]), true)
  assert.equal(known.areDurable([batch(0, 3, 4)]), false)
  assert.equal(known.areDurable([batch(0, 1), batch(2, 1)]), false)
})

test('what was only seen is known, and nothing is known of whether it is on disk', () => {
  const known = new KnownEnds()
  known.told(ends({ 0: 3 }))
  known.saw(ends({ 0: 2, 1: 5 }))
  assert.deepEqual(
    [0, 1, 2].map((partition) => known.endOf('member-events', partition)),
    [3, 5, 0],
  )
  assert.equal(known.areDurable([batch(1, 5)]), false)
})

test('a table that was put back is seen as it is now, and after its database was away nothing is known', () => {
  const known = new KnownEnds()
  known.saw(ends({ 0: 9 }))
  known.saw(ends({ 0: 2 }))
  assert.equal(known.endOf('member-events', 0), 2)
  known.told(ends({ 0: 3 }))
  known.forget()
  assert.equal(known.endOf('member-events', 0), 0)
  assert.equal(known.areDurable([batch(0, 1)]), false)
})
