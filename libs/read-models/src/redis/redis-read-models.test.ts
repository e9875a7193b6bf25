import { randomUUID } from 'node:crypto'
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createClient } from '@redis/client'
import { startRedis } from '../../../../tools/engines/redis.ts'
import { batch, sampleModels, win } from '../conformance/sample.ts'
import { readModelStoreSuite } from '../conformance/read-model-store.suite.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { startRedisCluster, type TestCluster } from '../testing/redis-cluster.ts'
import { redisIsMissing, redisUrl } from '../testing/redis-server.ts'
import { openRedisReadModels } from './redis-read-models.ts'

const prefixes = new Map<ReadModelStore, string>()

async function keysOf(url: string, pattern: string): Promise<readonly string[]> {
  const client = await createClient({ url }).connect()
  const found = await client.keys(pattern)
  client.destroy()
  return found
}

let cluster: TestCluster | undefined
before(async () => {
  if (!redisIsMissing) cluster = await startRedisCluster()
})
after(() => cluster?.stop())

for (const [name, url] of [
  ['Redis', () => redisUrl],
  ['a Redis Cluster', () => cluster!.url],
] as const)
  readModelStoreSuite({
    name,
    skip: redisIsMissing,
    async open(t, models) {
      const prefix = randomUUID()
      const store = await openRedisReadModels(models, { url: url(), prefix })
      prefixes.set(store, prefix)
      t.after(() => store.close())
      return store
    },
    async countStored(store, generation) {
      const found = await Promise.all(
        url()
          .split(',')
          .map((address) => keysOf(address, `{${prefixes.get(store)}:*:${generation}:*`)),
      )
      return found.flat().length
    },
  })

test(
  'a Redis that throws keys out is told, since nobody could see what is missing',
  { skip: redisIsMissing },
  async (t) => {
    const redis = await startRedis({ settings: { maxmemory: '50mb', 'maxmemory-policy': 'allkeys-lru' } })
    t.after(() => redis.kill())
    const store = await openRedisReadModels(sampleModels, { url: redis.url })
    t.after(() => store.close())
    await assert.rejects(store.check(), /maxmemory-policy allkeys-lru.*noeviction/)
  },
)

test(
  'what others wrote into Redis is told as unavailable, a score stops at the bound, and a position is of no log',
  { skip: redisIsMissing },
  async (t) => {
    const prefix = randomUUID()
    const store = await openRedisReadModels(sampleModels, { url: redisUrl, prefix })
    t.after(() => store.close())
    const { generation } = await store.begin(sampleModels.fingerprint)
    await store.swap(generation)
    const client = await createClient({ url: redisUrl }).connect()
    t.after(() => client.destroy())
    const key = (name: string) => `{${prefix}:${sampleModels.name}}:${generation}:${name}`
    const texts = ['no position', '[]', '"abc"', '["log","5","e5"]']
    for (const [partition, text] of texts.entries())
      await client.hSet(key('positions'), `member-events/${partition}`, text)
    await client.zAdd(key('score:wins'), { score: Number.NEGATIVE_INFINITY, value: '09007199254741000' })
    await client.hSet(key('documents:team'), '09007199254740993', '{')
    const none = { logId: '', seq: 0, eventId: null }
    assert.deepEqual(
      await store.positions(),
      texts.map((_, partition) => ({ topic: 'member-events', partition, ...none })),
    )
    assert.deepEqual(await store.top('wins', 1), [{ member: 8, score: Number.MAX_SAFE_INTEGER }])
    const code = 'READ_MODELS_UNAVAILABLE'
    await assert.rejects(store.document('team', 1), { code })
    for (const spoilt of ['{"title":1,"points":2}', '[]', '5', '{"title":"sA","points":"n99999999999999999"}']) {
      await client.hSet(key('documents:team'), '09007199254740993', spoilt)
      await assert.rejects(store.document('team', 1), { code }, spoilt)
    }
    await client.zAdd(key('score:wins'), { score: 0, value: 'eight' })
    await assert.rejects(store.top('wins', 2), { code })
    await client.set(key('score:wins'), 'no ranking')
    await assert.rejects(store.top('wins', 2), { code })
  },
)

test(
  'a batch that Redis fails half-way leaves a position of no log: it is neither lost nor counted twice',
  { skip: redisIsMissing },
  async (t) => {
    const prefix = randomUUID()
    const store = await openRedisReadModels(sampleModels, { url: redisUrl, prefix })
    t.after(() => store.close())
    const writer = await store.begin(sampleModels.fingerprint)
    await writer.apply(batch(0, 1, [win(1, 5)]))
    const client = await createClient({ url: redisUrl }).connect()
    t.after(() => client.destroy())
    const documents = `{${prefix}:${sampleModels.name}}:${writer.generation}:documents:team`
    await client.set(documents, 'no documents')
    const both = [win(1, 5), { document: 'team', key: 1, set: { title: 'a', points: 1 } }]
    await assert.rejects(writer.apply(batch(1, 2, both)), { message: /WRONGTYPE/ })
    assert.deepEqual(await writer.positions(), [{ topic: 't', partition: 0, logId: '', seq: 0, eventId: null }])
    await client.del(documents)
    await assert.rejects(writer.apply(batch(1, 2, both)), { code: 'POSITION_MOVED' })
  },
)
