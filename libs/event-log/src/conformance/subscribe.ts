import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { until as poll } from '../../../../tools/testing/until.ts'
import { recorder } from '../testing/recorder.ts'
import type { Position } from '../event-log.ts'
import type { EventLogCase } from './event-log-case.ts'
import { range } from './read.ts'

export function subscribeTests({ open, knowsItsEnd }: EventLogCase): void {
  test('gets every event from the first, in order, those that are recorded later too', async (t) => {
    const { log, append } = await open(t)
    await append(0, 250)
    const { seqs, start, until } = recorder(log)
    await start()
    await append(5, 3)
    await until(() => seqs(0).length === 250 && seqs(5).length === 3)
    await append(0, 2)
    await until(() => seqs(0).length === 252)
    assert.deepEqual(seqs(0), range(1, 252))
    assert.deepEqual(seqs(5), [1, 2, 3])
  })

  test('gets every event of all its topics', async (t) => {
    const { log, append } = await open(t)
    await append(0, 3)
    await append(0, 2, 'visit-events')
    const { seqs, start, until, assigned } = recorder(log, { topics: ['member-events', 'visit-events'] })
    const subscription = await start()
    await append(7, 1, 'visit-events')
    await until(
      () => seqs(0).length === 3 && seqs(0, 'visit-events').length === 2 && seqs(7, 'visit-events').length === 1,
    )
    await append(7, 1, 'visit-events')
    await until(() => seqs(7, 'visit-events').length === 2)
    assert.deepEqual(
      [seqs(0), seqs(0, 'visit-events'), seqs(7, 'visit-events')],
      [
        [1, 2, 3],
        [1, 2],
        [1, 2],
      ],
    )
    assert.equal(assigned().length, 16)
    assert.equal(subscription.describe().partitions.length, 16)
  })

  test('of a group that subscribes already is refused, until that one has stopped', async (t) => {
    const { log } = await open(t)
    const { request, start } = recorder(log)
    const first = await start()
    const second = recorder(log, { topics: ['visit-events'], group: request.group })
    await assert.rejects(second.start(), { code: 'CONFIG_INVALID', message: /subscribes twice/ })
    await first.stop()
    await second.start()
  })

  test('begins after the subscriber’s own position', async (t) => {
    const { log, logId, append, idAt } = await open(t)
    await append(0, 10)
    const { seqs, start, until, moveTo } = recorder(log)
    moveTo({ topic: 'member-events', partition: 0 }, { logId, seq: 8, eventId: await idAt(0, 8) })
    await start()
    await until(() => seqs(0).length === 2)
    assert.deepEqual(seqs(0), [9, 10])
  })

  test('delivers again from the position when a delivery is rejected, and holds up no other partition', async (t) => {
    const { log, append } = await open(t)
    await append(1, 2)
    await append(2, 2)
    const inner = recorder(log)
    let failing = true
    const { deliver } = inner.request
    const { seqs, until, faults, recovered } = inner
    await log.subscribe({
      ...inner.request,
      deliver: (records, signal) =>
        failing && records[0]!.partition === 1 ? Promise.reject(new Error('not now')) : deliver(records, signal),
    })
    await until(() => seqs(2).length === 2 && faults.length > 0)
    assert.deepEqual(seqs(1), [])
    failing = false
    await until(() => seqs(1).length === 2)
    assert.deepEqual(seqs(1), [1, 2])
    await until(() => recovered.some((at) => at?.partition === 1))
  })

  test('never steps over a missing event: it says so once, the others go on, and it goes on itself when it is mended', async (t) => {
    const { log, append, lose } = await open(t)
    await append(1, 5)
    await append(2, 2)
    const mend = await lose(1, 3)
    const { seqs, alarms, request, start, until } = recorder(log)
    const subscription = await start()
    await until(() => alarms.length === 1 && seqs(2).length === 2)
    assert.deepEqual([alarms[0]!.code, alarms[0]!.facts], ['LOG_GAP', { topic: 'member-events', partition: 1, seq: 3 }])
    assert.deepEqual(seqs(1), [1, 2])
    const { group, partitions } = subscription.describe()
    assert.equal(group, request.group)
    assert.deepEqual(partitions[1], { topic: 'member-events', partition: 1, seq: 2, lag: 3, gapAt: 3 })
    assert.equal((await log.describe('member-events')).partitions[1]!.gapAt, 3)
    await mend()
    await until(() => seqs(1).length === 5)
    assert.deepEqual(seqs(1), range(1, 5))
    assert.equal(alarms.length, 1)
  })

  const atTheEnd = 'says of an event that is missing at the very end, too, that it is missing'
  // Nobody who reads Kafka can know of an event that was never there, nor that an end has come back: the relay does.
  if (knowsItsEnd) test(atTheEnd, (t) => missingAtTheEnd(t))
  const missingAtTheEnd = async (t: TestContext) => {
    const { log, append, lose } = await open(t)
    await append(3, 4)
    const mend = await lose(3, 4)
    const { seqs, alarms, start, until } = recorder(log)
    await start()
    await until(() => alarms.length === 1)
    assert.deepEqual(alarms[0]!.facts, { topic: 'member-events', partition: 3, seq: 4 })
    await mend()
    await until(() => seqs(3).length === 4)
  }

  test('with the position of another log is refused; beyond the end, too, if the log knows its end', async (t) => {
    const { log, logId, append } = await open(t)
    await append(0, 2)
    const from = (position: Position) => {
      const { moveTo, start } = recorder(log)
      moveTo({ topic: 'member-events', partition: 0 }, position)
      return start()
    }
    await assert.rejects(from({ logId: 'another', seq: 0, eventId: null }), {
      code: 'LOG_FOREIGN',
      message: /has positions in the log another/,
    })
    if (!knowsItsEnd) return
    await assert.rejects(from({ logId, seq: 3, eventId: 'e' }), {
      code: 'POSITION_AHEAD',
      message: /has seen event 3 .* ends at 2/,
    })
  })

  test('whose store was put back, and has grown past its position again, is given nothing and told why', async (t) => {
    const { log, append, putBack } = await open(t)
    await append(0, 10)
    const { seqs, records, alarms, request, start, until } = recorder(log)
    const before = await start()
    await until(() => seqs(0).length === 10)
    await before.stop()
    await putBack(0, 5)
    await append(0, 7)
    const diverged = {
      code: 'LOG_DIVERGED',
      facts: { group: request.group, topic: 'member-events', partition: 0, seq: 10 },
    }
    if (knowsItsEnd) await assert.rejects(start(), diverged)
    else {
      await start()
      await until(() => alarms.length === 1)
      assert.deepEqual({ code: alarms[0]!.code, facts: alarms[0]!.facts }, diverged)
    }
    assert.equal(records.length, 10)
  })

  test('whose store is put back while it delivers notices it when it asks for its position again', async (t) => {
    const { log, append, putBack } = await open(t)
    await append(0, 10)
    const inner = recorder(log)
    const { seqs, alarms, until, request } = inner
    let isFailing = false
    await log.subscribe({
      ...request,
      deliver: (records, signal) =>
        isFailing ? Promise.reject(new Error('not now')) : request.deliver(records, signal),
    })
    await until(() => seqs(0).length === 10)
    isFailing = true
    await putBack(0, 5)
    await append(0, 7)
    await until(() => alarms.length === 1)
    assert.equal(alarms[0]!.code, 'LOG_DIVERGED')
    assert.equal(seqs(0).length, 10)
  })

  test('that is stopped finishes what it is at and takes nothing more', async (t) => {
    const { log, append } = await open(t)
    await append(0, 1)
    const { promise: delivering, resolve: isDelivering } = Promise.withResolvers<void>()
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>()
    let finished = 0
    const { start } = recorder(log, {
      async deliver() {
        isDelivering()
        await gate
        finished++
      },
    })
    const subscription = await start()
    await delivering
    const stopping = subscription.stop()
    await append(0, 5)
    letGo()
    await stopping
    await subscription.stop()
    assert.equal(finished, 1)
  })

  test('says how far it is, and the log says it of its group', async (t) => {
    const { log, append } = await open(t)
    await append(4, 2)
    const { seqs, request, start, until } = recorder(log)
    const subscription = await start()
    await until(() => seqs(4).length === 2)
    const place = { topic: 'member-events', partition: 4, seq: 2, lag: 0, gapAt: null }
    await eventually(() => subscription.describe().partitions[4], place)
    await eventually(
      async () =>
        (await log.describe('member-events')).groups.find(({ group }) => group === request.group)?.partitions[4],
      place,
    )
  })
}

/** Asks until the answer is the wanted one. */
async function eventually<T>(ask: () => T | Promise<T>, wanted: T): Promise<void> {
  await poll(JSON.stringify(wanted), async () => isDeepStrictEqual(await ask(), wanted), { everyMs: 1 })
}
