import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { MagasinError } from '@magasin/contracts/magasin-error'
import { until as poll } from '../../../../tools/testing/until.ts'
import type { EventLog, SubscribeRequest } from '../event-log.ts'
import type { EventLogCase } from './event-log-case.ts'
import { range } from './read.ts'

/** A subscriber that keeps what it was given, by partition, and its position in memory. */
function recorder(log: EventLog, logId: string, overrides: Partial<SubscribeRequest> = {}) {
  const seen = new Map<number, number[]>()
  const alarms: MagasinError[] = []
  const faults: unknown[] = []
  const recovered: (number | null)[] = []
  let check = (): void => undefined
  const request: SubscribeRequest = {
    topic: 'member-events',
    group: 'recorder',
    positionOf: (partition) => Promise.resolve({ logId, seq: seen.get(partition)?.at(-1) ?? 0 }),
    deliver(records) {
      const { partition } = records[0]!
      seen.set(partition, [...(seen.get(partition) ?? []), ...records.map(({ seq }) => seq)])
      check()
      return Promise.resolve()
    },
    onAlarm: (alarm) => (alarms.push(alarm), check()),
    onFault: (fault) => (faults.push(fault), check()),
    onRecovery: (partition) => (recovered.push(partition), check()),
    ...overrides,
  }
  return {
    seen,
    alarms,
    faults,
    recovered,
    request,
    start: () => log.subscribe(request),
    /** Resolves when the condition holds; the test's own time-out is the deadline. */
    until: (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        check = () => condition() && resolve()
        check()
      }),
  }
}

export function subscribeTests({ open, knowsItsEnd }: EventLogCase): void {
  test('gets every event from the first, in order, those that are recorded later too', async (t) => {
    const { log, logId, append } = await open(t)
    await append(0, 250)
    const { seen, start, until } = recorder(log, logId)
    await start()
    await append(5, 3)
    await until(() => seen.get(0)?.length === 250 && seen.get(5)?.length === 3)
    await append(0, 2)
    await until(() => seen.get(0)?.length === 252)
    assert.deepEqual(seen.get(0), range(1, 252))
    assert.deepEqual(seen.get(5), [1, 2, 3])
  })

  test('begins behind the subscriber’s own position', async (t) => {
    const { log, logId, append } = await open(t)
    await append(0, 10)
    const { seen, start, until } = recorder(log, logId)
    seen.set(0, [8])
    await start()
    await until(() => seen.get(0)?.length === 3)
    assert.deepEqual(seen.get(0), [8, 9, 10])
  })

  test('delivers again from the position when a delivery is rejected, and holds up no other partition', async (t) => {
    const { log, logId, append } = await open(t)
    await append(1, 2)
    await append(2, 2)
    const inner = recorder(log, logId)
    let failing = true
    const { deliver } = inner.request
    const { seen, until, faults, recovered } = inner
    await log.subscribe({
      ...inner.request,
      deliver: (records, signal) =>
        failing && records[0]!.partition === 1 ? Promise.reject(new Error('not now')) : deliver(records, signal),
    })
    await until(() => seen.get(2)?.length === 2 && faults.length > 0)
    assert.equal(seen.get(1), undefined)
    failing = false
    await until(() => seen.get(1)?.length === 2)
    assert.deepEqual(seen.get(1), [1, 2])
    await until(() => recovered.includes(1))
  })

  test('never steps over a missing event: it says so once, the others go on, and it goes on itself when it is mended', async (t) => {
    const { log, logId, append, lose } = await open(t)
    await append(1, 5)
    await append(2, 2)
    const mend = await lose(1, 3)
    const { seen, alarms, start, until } = recorder(log, logId)
    const subscription = await start()
    await until(() => alarms.length === 1 && seen.get(2)?.length === 2)
    assert.deepEqual([alarms[0]!.code, alarms[0]!.facts], ['LOG_GAP', { topic: 'member-events', partition: 1, seq: 3 }])
    assert.deepEqual(seen.get(1), [1, 2])
    const { group, partitions } = subscription.describe()
    assert.equal(group, 'recorder')
    assert.deepEqual(partitions[1], { partition: 1, position: 2, lag: 3, gapAt: 3 })
    assert.equal((await log.describe('member-events')).partitions[1]!.gapAt, 3)
    await mend()
    await until(() => seen.get(1)?.length === 5)
    assert.deepEqual(seen.get(1), range(1, 5))
    assert.equal(alarms.length, 1)
  })

  const atTheEnd = 'says of an event that is missing at the very end, too, that it is missing'
  // Nobody who reads Kafka can know of an event that was never there, nor that an end has come back: the relay does.
  if (knowsItsEnd) test(atTheEnd, (t) => missingAtTheEnd(t))
  const missingAtTheEnd = async (t: TestContext) => {
    const { log, logId, append, lose } = await open(t)
    await append(3, 4)
    const mend = await lose(3, 4)
    const { seen, alarms, start, until } = recorder(log, logId)
    await start()
    await until(() => alarms.length === 1)
    assert.deepEqual(alarms[0]!.facts, { topic: 'member-events', partition: 3, seq: 4 })
    await mend()
    await until(() => seen.get(3)?.length === 4)
  }

  test('with the position of another log is refused; beyond the end, too, where the log knows its end', async (t) => {
    const { log, logId, append } = await open(t)
    await append(0, 2)
    const at = (position: { logId: string; seq: number }) =>
      recorder(log, logId, { positionOf: () => Promise.resolve(position) }).start()
    await assert.rejects(at({ logId: 'another', seq: 0 }), {
      code: 'LOG_FOREIGN',
      message: /recorder has positions in the log another/,
    })
    if (!knowsItsEnd) return
    await assert.rejects(at({ logId, seq: 3 }), {
      code: 'POSITION_AHEAD',
      message: /recorder has seen event 3 .* ends at 2/,
    })
  })

  test('that is stopped finishes what it is at and takes nothing more', async (t) => {
    const { log, logId, append } = await open(t)
    await append(0, 1)
    const { promise: delivering, resolve: isDelivering } = Promise.withResolvers<void>()
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>()
    let finished = 0
    const { start } = recorder(log, logId, {
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
    const { log, logId, append } = await open(t)
    await append(4, 2)
    const { seen, start, until } = recorder(log, logId)
    const subscription = await start()
    await until(() => seen.get(4)?.length === 2)
    const place = { partition: 4, position: 2, lag: 0, gapAt: null }
    await eventually(() => subscription.describe().partitions[4], place)
    await eventually(
      async () => (await log.describe('member-events')).groups.find(({ group }) => group === 'recorder')?.partitions[4],
      place,
    )
  })
}

/** Asks until the answer is the wanted one. */
async function eventually<T>(ask: () => T | Promise<T>, wanted: T): Promise<void> {
  await poll(JSON.stringify(wanted), async () => isDeepStrictEqual(await ask(), wanted), { everyMs: 1 })
}
