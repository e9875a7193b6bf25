import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReadModelStatus } from '@magasin/read-models/read-model-store'
import { describeStatus } from './describe-status.ts'

const generation = (number: number, events: number, fingerprint = 'now') => ({
  generation: number,
  events,
  fingerprint,
})
const status = (changes: Partial<ReadModelStatus>): ReadModelStatus => ({
  current: generation(3, 1_000),
  shadow: null,
  rebuilds: { requested: 0, answered: 0 },
  projector: 'p1',
  ...changes,
})
const describe = (changes: Partial<ReadModelStatus> = {}) =>
  describeStatus(status(changes), { recorded: 1_000, fingerprint: 'now' })

test('read models at the end of the history are told in two lines', () => {
  assert.deepEqual(describe(), ['Readers see  generation 3: 1,000 of 1,000 events, all', 'Projector    p1'])
})

test('a build that runs is told with how far it is, and why', () => {
  const building = { shadow: generation(4, 249), rebuilds: { requested: 2, answered: 1 } }
  assert.deepEqual(describe(building).slice(1, 3), [
    'Being built  generation 4: 249 of 1,000 events, 24 %',
    'Asked for    a rebuild',
  ])
})

test('what the shop has to do when it runs is told', () => {
  const lines = describe({ current: generation(3, 1_000, 'before'), projector: null })
  assert.match(lines.join('\n'), /by another definition: the shop builds them anew when it runs\nProjector {4}none now/)
  assert.match(describe({ current: null })[0] ?? '', /nothing yet/)
})
