import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import { kafkaCase, type KafkaCase } from '../testing/kafka-case.ts'
import { noKafka } from '../testing/kafka-topic.ts'
import { recorder } from '../testing/recorder.ts'
import { TopicWriter } from './writing/topic-writer.ts'

/** Writes a record into the topic as it is, but with an id that the store never gave. */
async function forge({ cluster, logId }: KafkaCase, record: EventRecord): Promise<void> {
  const writer = new TopicWriter(cluster, { topic: record.topic, logId })
  await writer.append([{ ...record, eventId: randomUUID() }]).finally(() => writer.close())
}

describe('a record of a stranger with the number of the last event that a subscriber has', { skip: noKafka }, () => {
  for (const [who, isRunning] of [
    ['one that runs', true],
    ['one that was restarted', false],
  ] as const)
    test(`does not stop ${who}: it is counted and passed over`, async (t) => {
      const kafka = await kafkaCase(t)
      const { openLog, append } = kafka
      const log = openLog()
      await append(0, 5)
      const { records, seqs, alarms, faults, start, until } = recorder(log)
      const first = await start()
      await until(() => seqs(0).length === 5)
      if (!isRunning) await first.stop()
      await forge(kafka, records[4]!)
      if (!isRunning) await start()
      await append(0, 2)
      await until(() => seqs(0).length === 7)
      assert.ok(log.unrecognisedRecords() >= 1)
      // The next member begins at what this one committed.
      await forge(kafka, records[6]!)
      await log.close()
      const again = recorder(openLog(), { group: randomUUID() })
      again.moveTo(
        { topic: 'member-events', partition: 0 },
        { logId: kafka.logId, seq: 7, eventId: records[6]!.eventId },
      )
      await again.start()
      await append(0, 1)
      await again.until(() => again.seqs(0).length === 1)
      assert.deepEqual(again.seqs(0), [8])
      assert.deepEqual([...alarms, ...faults, ...again.alarms, ...again.faults], [])
    })

  test('does not stop it either if it comes first, as after a broker lost its data: the right one is looked for', async (t) => {
    const kafka = await kafkaCase(t)
    const { log, append, removeBefore, lose } = kafka
    await append(0, 5)
    const { records, seqs, alarms, start, until } = recorder(log)
    const first = await start()
    await until(() => seqs(0).length === 5)
    await first.stop()
    const writeAll = await lose(0, 1)
    await removeBefore(0)
    await forge(kafka, records[4]!)
    await writeAll()
    await append(0, 3)
    await start()
    await until(() => seqs(0).length === 8)
    assert.deepEqual(alarms, [])
  })
})
