import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { range } from '../conformance/read.ts'
import { noKafka } from '../testing/kafka-topic.ts'
import { compareBases, compareEnds } from './heads.ts'
import { relayedStore } from './testing/relayed-store.ts'

const unrecognised = [{ value: Buffer.from('hello') }]

describe('a topic into which somebody else writes, too,', { skip: noKafka }, () => {
  test('loses no batch and has none sent again; that is no fault', async (t) => {
    const { record, relay, write, until, told, lying, taken } = await relayedStore(t)
    await record(2, 3)
    const relaying = await relay()
    await until(() => told.sent === 3)
    await write(2, unrecognised)
    await record(2, 2)
    while ((await lying(2)).length < 6) await new Promise(setImmediate)
    await relaying.check()
    await record(2, 1)
    while ((await lying(2)).length < 7) await new Promise(setImmediate)
    assert.deepEqual(told.failures, [])
    assert.deepEqual(await lying(2), [1, 2, 3, 0, 4, 5, 6])
    assert.deepEqual(await taken(2), range(1, 6))
  })
})

describe('where a partition ends', () => {
  const heads = new Map([
    ['member-events', new Map([[3, { seq: 7, offset: 9, id: 'e-7', end: 10 }]])],
    ['visit-events', new Map([[3, { seq: 1, offset: 0, id: 'e-8', end: 1 }]])],
  ])
  const lengths = { 'member-events': 10, 'visit-events': 1 }

  test('is compared with where the relay left it, at every answer and at every look, topic by topic', () => {
    const moved = (found: Partial<typeof lengths>) => {
      const ends = Object.entries({ ...lengths, ...found }).map(([topic, end]) => ({ topic, partition: 3, end }))
      const bases = ends.map(({ end: base, ...at }) => ({ ...at, base }))
      assert.deepEqual(compareBases(heads, bases), compareEnds(heads, ends))
      return [...compareEnds(heads, ends)].map(([topic, { code, message, facts }]) => ({ topic, code, message, facts }))
    }
    assert.deepEqual(moved({}), [])
    const [shorter, ...others] = moved({ 'member-events': 8 })
    assert.deepEqual(others, [])
    assert.deepEqual([shorter?.topic, shorter?.code], ['member-events', 'LOG_MOVED'])
    assert.match(shorter!.message, /came back with less than it had acknowledged/)
    assert.deepEqual(shorter!.facts, { topic: 'member-events', partition: 3, expected: 10, found: 8 })
    assert.match(moved({ 'visit-events': 2 })[0]!.message, /visit-events .*somebody else writes into it/)
  })
})
