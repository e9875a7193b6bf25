import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { range } from '../conformance/read.ts'
import { noKafka } from '../testing/kafka-topic.ts'
import { compareBases, compareEnds } from './heads.ts'
import { relayedStore } from './testing/relayed-store.ts'

const foreign = [{ value: Buffer.from('hello') }]

describe('a topic into which somebody else writes, too,', { skip: noKafka }, () => {
  test('loses no batch and has none sent again; that is no fault', async (t) => {
    const { record, relay, write, until, told, lying, taken } = await relayedStore(t)
    await record(2, 3)
    const relaying = await relay()
    await until(() => told.sent === 3)
    await write(2, foreign)
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
  const heads = new Map([[3, { seq: 7, offset: 9, id: 'e-7', end: 10 }]])
  const moved = (found: number) => ({
    code: 'LOG_MOVED',
    facts: { topic: 'member-events', partition: 3, expected: 10, found },
    message: found < 10 ? /came back with less than it had acknowledged/ : /somebody else writes into it/,
  })

  test('is compared with where the relay left it, at every answer and at every look', () => {
    compareBases('member-events', heads, new Map([[3, 10]]))
    assert.throws(() => compareBases('member-events', heads, new Map([[3, 8]])), moved(8))
    assert.throws(() => compareBases('member-events', heads, new Map([[3, 11]])), moved(11))
    const ends = (end: number) => [0, 0, 0, end].map((at) => ({ start: 0, end: at }))
    compareEnds('member-events', heads, ends(10))
    assert.throws(() => compareEnds('member-events', heads, ends(0)), moved(0))
    assert.throws(() => compareEnds('member-events', heads, ends(12)), moved(12))
  })
})
