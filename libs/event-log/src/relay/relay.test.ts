import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { maxValueBytes } from '@magasin/contracts/catalogue'
import { range } from '../conformance/read.ts'
import { noKafka } from '../testing/kafka-topic.ts'
import { relayedStore } from './testing/relayed-store.ts'

describe('the relay', { skip: noKafka }, () => {
  test('copies every event of the table into its partition, in order, those that are recorded later too', async (t) => {
    const { record, relay, until, told, lying } = await relayedStore(t)
    await record(0, 2_500)
    await record(5, 3)
    await relay()
    await until(() => told.sent === 2_503)
    await record(5, 2)
    await until(() => told.sent === 2_505)
    assert.deepEqual(await lying(0), range(1, 2_500))
    assert.deepEqual(await lying(5), [1, 2, 3, 4, 5])
    assert.deepEqual(await lying(6), [])
    assert.deepEqual(told.failures, [])
  })

  test('goes on where it was when it starts again, and repeats nothing', async (t) => {
    const { record, relay, until, told, lying } = await relayedStore(t)
    await record(1, 10)
    const first = await relay()
    await until(() => told.sent === 10)
    await first.stop()
    await record(1, 5)
    await relay()
    await until(() => told.sent === 15)
    assert.deepEqual(await lying(1), range(1, 15))
  })

  test('sends events of the largest size, many at once, in requests that a broker takes as it comes', async (t) => {
    const { record, relay, until, told, taken } = await relayedStore(t)
    await record(3, 9, { value: 'x'.repeat(maxValueBytes) })
    await record(4, 9, { value: 'é'.repeat(maxValueBytes / 2) })
    await record(3, 20)
    await relay()
    await until(() => told.sent === 38)
    assert.deepEqual(await taken(3), range(1, 29))
    assert.deepEqual(await taken(4), range(1, 9))
    assert.deepEqual(told.failures, [])
  })
})
