import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventLog, ReadRequest } from '../event-log.ts'
import type { EventLogCase } from './event-log-case.ts'

export async function seqsOf(log: EventLog, request: ReadRequest): Promise<number[]> {
  const seqs: number[] = []
  const snapshot = await log.snapshot('member-events')
  for await (const page of snapshot.read(request)) seqs.push(...page.map(({ seq }) => seq))
  return seqs
}

export const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

export function readTests({ open }: EventLogCase): void {
  test('a partition gives all that it holds, in order, and nothing of the others', async (t) => {
    const { log, append } = await open(t)
    await append(3, 2_500)
    await append(4, 3)
    assert.deepEqual(await seqsOf(log, { partition: 3 }), range(1, 2_500))
    assert.deepEqual(await seqsOf(log, { partition: 4 }), [1, 2, 3])
    assert.deepEqual(await seqsOf(log, { partition: 5 }), [])
  })

  test('begins and ends where it was asked to', async (t) => {
    const { log, append } = await open(t)
    await append(0, 10)
    assert.deepEqual(await seqsOf(log, { partition: 0, after: 4 }), range(5, 10))
    assert.deepEqual(await seqsOf(log, { partition: 0, after: 4, upTo: 6 }), [5, 6])
    assert.deepEqual(await seqsOf(log, { partition: 0, after: 10 }), [])
  })

  test('ends at the end as it was when the snapshot was taken, however much is recorded meanwhile', async (t) => {
    const { log, append } = await open(t)
    await append(0, 1_500)
    const seqs: number[] = []
    const snapshot = await log.snapshot('member-events')
    for await (const page of snapshot.read({ partition: 0 })) {
      seqs.push(...page.map(({ seq }) => seq))
      await append(0, 10)
    }
    assert.deepEqual(seqs, range(1, 1_500))
  })

  test('stops at a missing event, after all before it, and names it', async (t) => {
    const { log, append, lose } = await open(t)
    await append(2, 9)
    await lose(2, 7)
    const seqs: number[] = []
    const reading = (async () => {
      for await (const page of (await log.snapshot('member-events')).read({ partition: 2 }))
        seqs.push(...page.map(({ seq }) => seq))
    })()
    const facts = { topic: 'member-events', partition: 2, seq: 7 }
    await assert.rejects(reading, { code: 'LOG_GAP', message: /member-events partition 2: event 7 is missing/, facts })
    assert.deepEqual(seqs, range(1, 6))
  })

  test('says where each partition begins and ends', async (t) => {
    const { log, logId, append } = await open(t)
    await append(1, 5)
    const described = await log.describe('member-events')
    assert.equal(described.logId, logId)
    assert.deepEqual(described.groups, [])
    assert.deepEqual(
      described.partitions.map(({ partition, floor, end }) => [partition, floor, end]),
      [
        [0, 1, 0],
        [1, 1, 5],
        [2, 1, 0],
        [3, 1, 0],
        [4, 1, 0],
        [5, 1, 0],
        [6, 1, 0],
        [7, 1, 0],
      ],
    )
  })
}
