import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import type { PartitionRef } from '../event-log.ts'
import { kafkaCase, type KafkaCase } from '../testing/kafka-case.ts'
import { noKafka } from '../testing/kafka-topic.ts'
import { KafkaSource } from './kafka-source.ts'
import { PartitionReader } from './reading/partition-reader.ts'

const at: PartitionRef = { topic: 'member-events', partition: 0 }

/** Reads on from a position to the end, as a member does that was killed when the group had this offset committed. */
async function readOn(
  { cluster, logId, idAt }: KafkaCase,
  { seq, committed, eventId }: { seq: number; committed: number; eventId?: string },
) {
  let read = 0
  const reader = new PartitionReader(cluster, at.topic, at.partition)
  const counting = {
    fetch: async (...args: Parameters<PartitionReader['fetch']>) => {
      const page = await reader.fetch(...args)
      read += page.found.length
      return page
    },
    close: () => reader.close(),
  }
  const commits: number[] = []
  const source = new KafkaSource({
    at,
    group: randomUUID(),
    reader: counting,
    committedOffset: () => Promise.resolve(committed),
    commit: (offset) => Promise.resolve(commits.push(offset) > 0),
    onUnrecognised: () => undefined,
  })
  const seqs: number[] = []
  try {
    await source.seek(new Map([[0, { logId, seq, eventId: eventId ?? (await idAt(0, seq)) }]]))
    do {
      const { records } = await source.next()
      seqs.push(...records.map((record) => record.seq))
      await source.delivered()
    } while (source.lagAfter(seqs.at(-1) ?? seq) > 0)
  } finally {
    await source.close()
  }
  return { read, seqs, commits }
}

describe('a reader that was killed', { skip: noKafka }, () => {
  test('reads no more again than what it had not committed', async (t) => {
    const log = await kafkaCase(t)
    await log.append(0, 3_000)
    const { read, seqs, commits } = await readOn(log, { seq: 2_990, committed: 2_980 })
    assert.deepEqual(seqs, [2_991, 2_992, 2_993, 2_994, 2_995, 2_996, 2_997, 2_998, 2_999, 3_000])
    // A fetch gives whole batches of the writer's, which are 500 events here: one for the proof, and the rest.
    assert.ok(read <= 50, `${read} records were read`)
    assert.equal(commits.at(-1), 3_000)
  })

  test('commits where it is even if nothing is new, so that it never reads the same again', async (t) => {
    const log = await kafkaCase(t)
    await log.append(0, 20)
    assert.deepEqual((await readOn(log, { seq: 20, committed: 15 })).commits, [20])
  })

  test('reads from the beginning if its offset belongs to records that it has not seen', async (t) => {
    const log = await kafkaCase(t)
    await log.append(0, 20)
    assert.deepEqual((await readOn(log, { seq: 10, committed: 18 })).seqs, [11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
  })

  test('is told if the event at its position is another one there', async (t) => {
    const log = await kafkaCase(t)
    await log.append(0, 20)
    for (const committed of [10, 12])
      await assert.rejects(readOn(log, { seq: 12, committed, eventId: 'another' }), {
        code: 'LOG_DIVERGED',
        message: /has seen event 12 of member-events partition 0/,
      })
  })
})
