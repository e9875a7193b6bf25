import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { recorder } from '../testing/recorder.ts'
import { kafkaCase } from '../testing/kafka-case.ts'
import { noKafka } from '../testing/kafka-topic.ts'

describe('a member of a group', { skip: noKafka }, () => {
  test('has no fault any more in a partition that it does not read any more', async (t) => {
    const { log, append } = await kafkaCase(t)
    await append(2, 1)
    const { faults, recovered, start, until } = recorder(log, { deliver: () => Promise.reject(new Error('not here')) })
    const subscription = await start()
    await until(() => faults.length === 1)
    assert.deepEqual(recovered, [])
    await subscription.stop()
    assert.deepEqual(recovered, [{ topic: 'member-events', partition: 2 }])
  })
})
