import assert from 'node:assert/strict'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Admin, ListOffsetTimestamps, Producer } from '@platformatic/kafka'
import type { Engine } from './engine.ts'
import { kafkaTool, startKafka } from './kafka.ts'

const topic = 'user-events'

describe('a Kafka of our own', () => {
  let kafka: Engine

  before(async () => {
    kafka = await startKafka()
    await asAdmin(kafka, (admin) => admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 }))
  })
  after(() => kafka?.kill())

  test('holds after a kill what it acknowledged, and less when an earlier copy of its data is put back', async () => {
    const data = join(kafka.folder, 'data')
    const copy = join(kafka.folder, 'copy')
    await produce(kafka, 3)
    await kafka.kill()
    cpSync(data, copy, { recursive: true })
    await kafka.start()
    assert.equal(await endOf(kafka), 3n)
    await produce(kafka, 2)
    assert.equal(await endOf(kafka), 5n)
    await kafka.stop()
    rmSync(data, { recursive: true })
    cpSync(copy, data, { recursive: true })
    await kafka.start()
    assert.equal(await endOf(kafka), 3n)
  })

  test('makes no topic by itself', async () => {
    await assert.rejects(produce(kafka, 1, 'no-such-topic'))
  })

  test('has its own tools at hand', async () => {
    const bootstrap = ['--bootstrap-server', `127.0.0.1:${kafka.port}`]
    const said = await kafkaTool('org.apache.kafka.tools.GetOffsetShell', [...bootstrap, '--topic', topic])
    assert.equal(said.trim(), `${topic}:0:${await endOf(kafka)}`)
    await assert.rejects(kafkaTool('org.apache.kafka.tools.NoSuchTool', []), /NoSuchTool/)
  })
})

async function produce({ port }: Engine, count: number, to = topic): Promise<void> {
  const producer = new Producer({
    clientId: 'test',
    bootstrapBrokers: [`127.0.0.1:${port}`],
    retries: 2,
    retryDelay: 200,
  })
  try {
    const messages = Array.from({ length: count }, (_, index) => ({ topic: to, value: Buffer.from(`${index}`) }))
    await producer.send({ messages, acks: -1 })
  } finally {
    await producer.close()
  }
}

async function endOf(kafka: Engine): Promise<bigint> {
  const partitions = [{ partitionIndex: 0, timestamp: ListOffsetTimestamps.LATEST }]
  const [found] = await asAdmin(kafka, (admin) => admin.listOffsets({ topics: [{ name: topic, partitions }] }))
  return found!.partitions[0]!.offset
}

async function asAdmin<Result>({ port }: Engine, work: (admin: Admin) => Promise<Result>): Promise<Result> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [`127.0.0.1:${port}`] })
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}
