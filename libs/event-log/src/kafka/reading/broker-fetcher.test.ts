import assert from 'node:assert/strict'
import { tracingChannel } from 'node:diagnostics_channel'
import { describe, test } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import { kafkaCase } from '../../testing/kafka-case.ts'
import { noKafka } from '../../testing/kafka-topic.ts'
import { recorder } from '../../testing/recorder.ts'

const both = ['member-events', 'visit-events']
const fetchKey = 1

/** The connections on which this process reads, from now on. */
function watchFetches(): { readonly connections: Set<unknown> } {
  const seen = { connections: new Set<unknown>() }
  tracingChannel('plt:kafka:connections:api').subscribe({
    start: (request) => {
      const { apiKey, connection } = request as { readonly apiKey: number; readonly connection: unknown }
      if (apiKey === fetchKey) seen.connections.add(connection)
    },
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd: () => undefined,
    error: () => undefined,
  })
  return seen
}

describe('reading from a broker', { skip: noKafka }, () => {
  test('takes one connection for all partitions of all topics and subscriptions', async (t) => {
    const { log, append } = await kafkaCase(t)
    const [first, second] = [recorder(log, { topics: ['member-events'] }), recorder(log, { topics: ['visit-events'] })]
    await first.start()
    await second.start()
    await Promise.all([first, second].map((one) => one.until(() => one.assigned().length === 8)))
    const appendEverywhere = async () => {
      for (let partition = 0; partition < 8; partition++) for (const topic of both) await append(partition, 1, topic)
    }
    await appendEverywhere()
    await Promise.all([first, second].map((one) => one.until(() => one.records.length === 8)))
    const seen = watchFetches()
    await appendEverywhere()
    await Promise.all([first, second].map((one) => one.until(() => one.records.length === 16)))
    assert.equal(seen.connections.size, 1)
  })

  test('gives two subscriptions of one topic all of it', async (t) => {
    const { log, append } = await kafkaCase(t)
    const [first, second] = [recorder(log), recorder(log)]
    await append(0, 3)
    await first.start()
    await first.until(() => first.records.length === 3)
    await second.start()
    await second.until(() => second.records.length === 3)
    for (let i = 4; i <= 20; i++) {
      await append(0, 1)
      await Promise.all([first, second].map((one) => one.until(() => one.records.length === i)))
    }
  })

  test('is not held up by a partition whose subscriber does not come to an end', async (t) => {
    const { log, append } = await kafkaCase(t)
    await append(0, 3_000)
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>()
    const inner = recorder(log)
    const { request, seqs, until } = inner
    const deliver = async (records: readonly EventRecord[], signal: AbortSignal) => {
      if (records[0]!.partition === 0) await gate
      await request.deliver(records, signal)
    }
    await log.subscribe({ ...request, deliver })
    for (let i = 1; i <= 40; i++) {
      await append(1, 1)
      await until(() => seqs(1).length === i)
    }
    assert.deepEqual(seqs(0), [])
    letGo()
    await until(() => seqs(0).length === 3_000)
    await append(0, 1)
    await until(() => seqs(0).length === 3_001)
  })

  test('gives every partition its turn if each holds batches larger than its share of an answer', async (t) => {
    const { log, append, appendValues } = await kafkaCase(t)
    // Batches of some 600 kB: an answer has room for three, and promises one only to the partition that comes first.
    const value = JSON.stringify({ note: 'x'.repeat(60_000) })
    for (let round = 0; round < 3; round++)
      for (let partition = 0; partition < 8; partition++)
        await appendValues(
          partition,
          Array.from({ length: 10 }, () => value),
        )
    const { seqs, start, until } = recorder(log)
    await start()
    const partitions = [0, 1, 2, 3, 4, 5, 6, 7]
    await until(() => partitions.every((one) => seqs(one).length === 30))
    await append(7, 1)
    await until(() => seqs(7).length === 31)
  })
})
