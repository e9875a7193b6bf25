import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { range } from '../conformance/read.ts'
import { hangingBroker } from '../testing/hanging-broker.ts'
import { noKafka } from '../testing/kafka-topic.ts'
import { relayedStore } from './testing/relayed-store.ts'

const heldByNobodyElse = () => Promise.resolve({ lost: new AbortController().signal, release: () => Promise.resolve() })

describe('of several relays of a store', { skip: noKafka }, () => {
  test('one works; the next takes over when that one stops', async (t) => {
    const { record, relay, until, told, lying } = await relayedStore(t)
    await record(0, 3)
    const first = await relay()
    await until(() => told.sent === 3)
    const second = await relay()
    await record(0, 2)
    await until(() => told.sent === 5)
    assert.deepEqual([first.isActive, second.isActive], [true, false])
    await first.stop()
    await record(0, 2)
    await until(() => told.sent === 7)
    assert.deepEqual([first.isActive, second.isActive], [false, true])
    assert.deepEqual(await lying(0), range(1, 7))
    assert.deepEqual(told.failures, [])
  })

  test('one that lost its lock sends nothing until it is given it again', async (t) => {
    const { database, record, relay, until, told, lying } = await relayedStore(t)
    const lost = new AbortController()
    const asksAgain = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const locks = [
      () => Promise.resolve({ lost: lost.signal, release: () => Promise.resolve() }),
      () => (asksAgain.resolve(), gate.promise.then(heldByNobodyElse)),
    ]
    const relaying = await relay({ database: { ...database, lock: () => locks.shift()!() } })
    await record(0, 1)
    await until(() => told.sent === 1)
    lost.abort()
    await asksAgain.promise
    assert.equal(relaying.isActive, false)
    await record(0, 1)
    assert.deepEqual(await lying(0), [1])
    gate.resolve()
    await until(() => told.sent === 2)
    assert.deepEqual(await lying(0), [1, 2])
  })

  test('two that work at once only repeat: a reader gets every event once, in order', async (t) => {
    const { database, record, relay, told, lying, taken } = await relayedStore(t)
    const unlocked = { ...database, lock: heldByNobodyElse }
    await record(0, 1_500)
    await Promise.all([relay({ database: unlocked }), relay({ database: unlocked })])
    let recorded = 1_500
    // Each sends what the other has sent, until a broker's answer tells it.
    for (let i = 1; i <= 5 || (await lying(0)).length === recorded; i++) {
      await record(0, 20)
      recorded += 20
      // A gap, were there one for a moment, would be thrown here.
      while ((await taken(0)).length < recorded);
    }
    assert.deepEqual(await taken(0), range(1, recorded))
    assert.ok(told.failures.every((error) => isMagasinError(error, 'LOG_MOVED')))
  })

  test('one that met a fault and now waits for its turn is well when its fault is over, and not before', async (t) => {
    const { kafka, database, record, relay, until, told } = await relayedStore(t)
    await record(0, 1)
    await relay()
    await until(() => told.sent === 1)
    const { address, letGo } = await hangingBroker(t, kafka.brokers[0])
    const asked = Promise.withResolvers<void>()
    const waitsLong = database.reader.withPlugin({
      transformQuery({ node, queryId }) {
        if (JSON.stringify(node).includes('relay_marks')) queries.add(queryId)
        return node
      },
      transformResult({ result, queryId }) {
        // Once before it waits, once when it has waited for long.
        if (queries.has(queryId) && queries.size === 2) asked.resolve()
        return Promise.resolve(result)
      },
    })
    const queries = new Set<unknown>()
    const waiting = await relay({
      kafka: { ...kafka, brokers: [address] },
      database: { ...database, reader: waitsLong },
    })
    await assert.rejects(waiting.check(), { code: 'LOG_UNAVAILABLE' })
    await asked.promise
    await new Promise(setImmediate)
    assert.equal(told.recovered, 0)
    await assert.rejects(waiting.check(), { code: 'LOG_UNAVAILABLE' })
    letGo()
    await until(() => told.recovered === 1)
    await waiting.check()
    assert.equal(waiting.isActive, false)
  })
})
