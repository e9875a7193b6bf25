import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { club } from '@magasin/contracts/testing/members'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { hangingBroker } from '../testing/hanging-broker.ts'
import { kafkaCase } from '../testing/kafka-case.ts'
import { noKafka } from '../testing/kafka-topic.ts'
import { recorder } from '../testing/recorder.ts'
import { openKafkaLog } from './kafka-log.ts'

describe('a subscription to brokers that hang', () => {
  test('is there within some seconds and says what it waits for', async (t) => {
    const { address } = await hangingBroker(t)
    const log = openKafkaLog({ brokers: [address], clientId: 'test', topics: club.topics })
    const { faults, start } = recorder(log, { topics: ['member-events', 'visit-events'] })
    const begun = performance.now()
    await start()
    assert.ok(performance.now() - begun < 3_000)
    assert.ok(faults.length === 1 && isMagasinError(faults[0], 'LOG_UNAVAILABLE'))
    const stopping = performance.now()
    await log.close()
    assert.ok(performance.now() - stopping < 3_000)
  })

  test('begins when they answer', { skip: noKafka }, async (t) => {
    const { kafka, append, closeFirst } = await kafkaCase(t)
    await append(0, 2)
    const { address, letGo } = await hangingBroker(t, kafka.brokers[0])
    const log = openKafkaLog({ ...kafka, brokers: [address] })
    closeFirst(() => log.close())
    const { seqs, recovered, start, until } = recorder(log)
    await start()
    letGo()
    await until(() => seqs(0).length === 2)
    assert.deepEqual(recovered, [null])
  })

  test('is given nothing if they turn out to hold another log, and is told so', { skip: noKafka }, async (t) => {
    const { kafka, append, closeFirst } = await kafkaCase(t)
    await append(0, 2)
    const { address, letGo } = await hangingBroker(t, kafka.brokers[0])
    const log = openKafkaLog({ ...kafka, brokers: [address] })
    closeFirst(() => log.close())
    const { records, alarms, start, until, moveTo } = recorder(log)
    moveTo({ topic: 'member-events', partition: 3 }, { logId: 'another', seq: 1, eventId: 'e' })
    await start()
    letGo()
    await until(() => alarms.length === 1)
    assert.equal(alarms[0]!.code, 'LOG_FOREIGN')
    assert.deepEqual(records, [])
  })
})
