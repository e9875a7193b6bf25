import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Consumer } from '@platformatic/kafka'
import { kafkaCase } from '../../testing/kafka-case.ts'
import { noKafka } from '../../testing/kafka-topic.ts'
import { recorder } from '../../testing/recorder.ts'
import { clientOptions } from '../cluster.ts'

const both = ['member-events', 'visit-events']
const memberProgram = fileURLToPath(new URL('../testing/group-member.ts', import.meta.url))

/** How many partitions of a topic a member has. */
const has = ({ assigned }: ReturnType<typeof recorder>, topic: string) =>
  assigned().filter((at) => at.topic === topic).length

describe('a group that reads two topics', { skip: noKafka }, () => {
  test('divides both among two members, and each event goes to one of them', async (t) => {
    const { openLog, append } = await kafkaCase(t)
    const group = randomUUID()
    const [first, second] = [recorder(openLog(), { topics: both, group }), recorder(openLog(), { topics: both, group })]
    await first.start()
    await second.start()
    const all = [first, second]
    const areShared = () => all.every((one) => one.assigned().length === 8)
    await Promise.race([first.until(areShared), second.until(areShared)])
    for (let partition = 0; partition < 8; partition++) for (const topic of both) await append(partition, 1, topic)
    const count = () => all.reduce((sum, { records }) => sum + records.length, 0)
    await Promise.race([first.until(() => count() === 16), second.until(() => count() === 16)])
    assert.deepEqual([first.records.length, second.records.length], [8, 8])
  })

  test('reads all of them when members of two versions read different topics, whichever leads', async (t) => {
    const { openLog, append } = await kafkaCase(t)
    for (let partition = 0; partition < 8; partition++) for (const topic of both) await append(partition, 1, topic)
    for (const order of [
      [['member-events'], both],
      [both, ['member-events']],
    ]) {
      const group = randomUUID()
      const members = order.map((topics) => recorder(openLog(), { topics, group }))
      const newer = members.find(({ request }) => request.topics.length === 2)!
      const older = members.find((one) => one !== newer)!
      const subscriptions = []
      for (const { start } of members) subscriptions.push(await start())
      await newer.until(() => has(newer, 'visit-events') === 8)
      const isSettled = () => has(newer, 'member-events') + has(older, 'member-events') === 8
      await Promise.race([newer.until(isSettled), older.until(isSettled)])
      const visits = () => newer.records.filter(({ topic }) => topic === 'visit-events').length
      await newer.until(() => visits() === 8)
      assert.equal(has(older, 'visit-events'), 0)
      for (const subscription of subscriptions) await subscription.stop()
    }
  })

  test('goes on with all partitions of both when a member is killed', async (t) => {
    const { openLog, append, kafka } = await kafkaCase(t)
    const group = randomUUID()
    const member = recorder(openLog(), { topics: both, group })
    await member.start()
    await member.until(() => member.assigned().length === 16)
    const child = spawn(process.execPath, [memberProgram, kafka.brokers[0]!, kafka.prefix!, group], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.after(() => child.kill('SIGKILL'))
    let said = ''
    const { promise: isSharing, resolve: shares } = Promise.withResolvers<void>()
    child.stdout.on('data', (text) => ((said += String(text)), said.endsWith('8\n') && shares()))
    await isSharing
    await member.until(() => member.assigned().length === 8)
    child.kill('SIGKILL')
    for (let partition = 0; partition < 8; partition++) for (const topic of both) await append(partition, 1, topic)
    await member.until(() => member.records.length === 16)
    assert.equal(member.assigned().length, 16)
    assert.deepEqual(member.alarms, [])
  })

  test('says so if nobody reads a partition, since a program of others leads it that knows one topic only', async (t) => {
    const { openLog, closeFirst, kafka, cluster } = await kafkaCase(t)
    const group = randomUUID()
    const protocols = [{ name: 'cooperative-sticky', version: 3 }]
    const consumer = new Consumer({ ...clientOptions(kafka), groupId: group, protocols })
    closeFirst(() => consumer.close(true))
    consumer.topics.track(cluster.nameOf('member-events'))
    await consumer.joinGroup({})
    const member = recorder(openLog(), { topics: both, group })
    await member.start()
    await member.until(() => member.alarms.length === 8)
    assert.deepEqual(
      member.alarms.map(({ code, facts }) => [code, facts['topic'], facts['partition']]),
      Array.from({ length: 8 }, (_, partition) => ['PARTITION_UNASSIGNED', 'visit-events', partition]),
    )
    await consumer.close(true)
    await member.until(() => member.recovered.length === 8 && has(member, 'visit-events') === 8)
  })
})
