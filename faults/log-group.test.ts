import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { relayedStore } from '@magasin/event-log/testing/relayed-store'
import { temporaryFolder } from '../tools/testing/temporary-folder.ts'
import { createFollower, upTo, value } from './testing/log-follower.ts'
import { until } from '../tools/testing/until.ts'

const member = fileURLToPath(new URL('testing/log-member.ts', import.meta.url))
const partitions = [0, 1, 2, 3, 4, 5, 6, 7]

const title = 'three members of a group share the work; when one is killed, and one leaves, the last has it all'
test(title, { skip: noKafka }, async (t) => {
  const store = await relayedStore(t)
  const file = join(temporaryFolder(t), 'group.db')
  const first = await createFollower(t, store, { file })
  const second = await createFollower(t, store, { file })
  const has = (one: typeof first) => one.describe().partitions.length
  let recorded = 0
  const recordEverywhere = async () => {
    for (const partition of partitions) await store.record(partition, 1, { value })
    recorded++
  }
  const untilAllHandled = () =>
    until('every event is handled', async () => {
      const counts = await Promise.all(partitions.map(async (one) => (await first.effects(one)).length))
      return counts.every((count) => count === recorded)
    })

  await store.relay()
  await first.start()
  await second.start()
  const [broker = ''] = store.kafka.brokers
  const child = spawn(process.execPath, [member, file, broker, store.cluster.nameOf('member-events'), first.group], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  await until('all three have partitions', () => has(first) > 0 && has(second) > 0 && has(first) + has(second) < 8)
  await recordEverywhere()
  await once(child.stdout, 'data')
  await untilAllHandled()

  child.kill('SIGKILL')
  await recordEverywhere()
  await until('two have all partitions', () => has(first) > 0 && has(second) > 0 && has(first) + has(second) === 8)
  await untilAllHandled()

  await second.stop()
  await recordEverywhere()
  await untilAllHandled()
  assert.equal(has(first), 8)
  for (const partition of partitions) assert.deepEqual(await first.effects(partition), upTo(recorded))
  assert.deepEqual([first.alarms, second.alarms], [[], []])
})
